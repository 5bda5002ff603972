-- title: 没有联铺志愿者的片区 | Zones without a shop-liaison volunteer
-- short: 无志愿者片区 | Zones without volunteers
-- unit: zones
-- decimals: 0
-- direction: lower
-- aggregation: latest
-- note: 没有在任联铺志愿者的片区 | Zones with no volunteer in office
-- standard: zones_with_volunteers
select
    sum(case when volunteers = 0 then 1 when volunteers > 0 then 0 end) as value,
    case
        when count(volunteers_standard) = count(*) then floor(round(sum(100 - volunteers_standard) / 100, 6))
    end as standard,
from shop_zone_months
