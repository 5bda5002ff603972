-- title: 考核人员类别 | Assessment categories
-- unit: items
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 执行中的标准条目 assessment_weight | Items of the standard assessment_weight in force
select
    count(distinct item_group) filter (where standard = 'assessment_weight') as value,
from area_standards
