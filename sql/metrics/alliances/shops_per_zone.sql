-- title: 每个片区商铺 | Shops per zone
-- unit: shops
-- decimals: 1
-- direction: none
-- aggregation: latest
-- note: 片区商铺 ÷ 商铺联盟片区 | Shops in zones ÷ zones
select
    1.0 * sum(shops) / nullif(count(shops), 0) as value,
    sum(shops) as numerator,
    nullif(count(shops), 0) as denominator,
from shop_zone_months
