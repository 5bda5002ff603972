-- title: 师资库 | Teacher pools
-- unit: items
-- decimals: 0
-- better: none
-- over_time: latest
-- note: 执行中的标准条目 teacher_pool | Items of the standard teacher_pool in force
select
    count(*) filter (where standard = 'teacher_pool') as value,
from area_standards
