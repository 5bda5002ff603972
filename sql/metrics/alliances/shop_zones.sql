-- title: 商铺联盟片区 | Shop-alliance zones
-- unit: zones
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 已划定且未撤销 | Set up and not closed
select
    count(distinct zone_id) as value,
from shop_zone_months
