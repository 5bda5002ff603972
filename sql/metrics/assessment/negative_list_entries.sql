-- title: 履职负面清单 | Prohibited-conduct rules
-- unit: items
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 执行中的标准条目 negative_list | Items of the standard negative_list in force
select
    count(*) filter (where standard = 'negative_list') as value,
from area_standards
