-- title: 商铺片区 | Shop zones
-- grain: zone_id
-- sql_lab: no_person
-- source: raw.shop_zones
select
    zone_id,
    community_code,
    zone_name,
    set_up_on,
    closed_on,
from raw.shop_zones
