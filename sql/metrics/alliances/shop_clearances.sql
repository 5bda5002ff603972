-- title: 商铺联盟“清”的承诺 | What the shop alliance commits to clear
-- unit: items
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 执行中的标准条目 result_list | Items of the standard result_list in force
select
    count(*) filter (where standard = 'result_list' and item_group = 'shop_alliance') as value,
from area_standards
