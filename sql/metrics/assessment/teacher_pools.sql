-- title: 师资库 | Teacher pools
-- unit: items
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 执行中的标准条目 teacher_pool | Items of the standard teacher_pool in force
select
    count(*) filter (where standard = 'teacher_pool') as value,
from area_standards
