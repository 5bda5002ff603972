-- title: 联铺志愿者职责 | Duties of a shop-liaison volunteer
-- unit: items
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 执行中的标准条目 duty_list | Items of the standard duty_list in force
select
    count(*) filter (where standard = 'duty_list' and item_group = 'shop_volunteer') as value,
from area_standards
