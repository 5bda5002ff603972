-- title: 没有片区长的片区 | Zones without a head
-- short: 无片区长片区 | Zones without heads
-- unit: zones
-- decimals: 0
-- direction: lower
-- aggregation: latest
-- note: 没有在任片区长的片区 | Zones with no head in office
-- standard: zones_with_heads
select
    sum(case when heads = 0 then 1 when heads > 0 then 0 end) as value,
    case
        when count(heads_standard) = count(*) then floor(round(sum(100 - heads_standard) / 100, 6))
    end as standard,
from shop_zone_months
