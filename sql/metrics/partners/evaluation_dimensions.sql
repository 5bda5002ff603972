-- title: 评价维度 | Evaluation dimensions
-- unit: items
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 执行中的标准条目 evaluation_dimension | Items of the standard evaluation_dimension in force
select
    count(*) filter (where standard = 'evaluation_dimension') as value,
from area_standards
