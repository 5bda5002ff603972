-- title: 德邻管家职责 | Duties of a steward
-- unit: items
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 执行中的标准条目 duty_list | Items of the standard duty_list in force
select
    count(*) filter (where standard = 'duty_list' and item_group = 'steward') as value,
from area_standards
