-- title: 片区商铺 | Shops in zones
-- unit: shops
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 划入未撤销片区、已加入且未退出的商铺 | Shops of open zones, joined and not left
select
    sum(shops) as value,
from shop_zone_months
