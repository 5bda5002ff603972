-- title: 没有片区长的片区 | Zones without a head
-- short: 无片区长片区 | Zones without heads
-- unit: zones
-- decimals: 0
-- direction: lower
-- aggregation: latest
-- note: 没有在任片区长的片区；每个片区都应有 | Zones with no head in office; every zone should have one
select
    sum(case when heads = 0 then 1 when heads > 0 then 0 end) as value,
    0 as standard,
from shop_zone_months
