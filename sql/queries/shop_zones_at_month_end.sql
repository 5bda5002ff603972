-- title: 各商铺片区 | Shop zones
-- grain: zone
-- people: volunteers
-- note: 期末的片区长、志愿者和商铺，期内上报的商铺诉求；未办结多的在前 | Heads, volunteers and shops at the end of the period, shop requests raised in the period; most open requests first
with
-- Zones closed before the end of the period are excluded.
period_end as (
    select max(month) as month
    from community_months
),
requests_by_zone as (
    select
        zone_id,
        count(*) as raised,
        count(case when resolved = 1 then 1 end) as resolved,
        count(case when closed_at is null then 1 end) as not_closed,
    from requests
    where kind = 'shop'
    group by zone_id
),
requests_reported as (
    select district
    from intermediate.reports
    where table_name = 'requests'
)
select
    shop_zone_months.zone_id,
    shop_zone_months.zone_name,
    shop_zone_months.community,
    paths.area_name as community_name,
    shop_zone_months.heads > 0 as has_head,
    shop_zone_months.volunteers,
    shop_zone_months.shops,
    case when requests_reported.district is not null then coalesce(requests_by_zone.raised, 0) end as raised,
    case when requests_reported.district is not null then coalesce(requests_by_zone.resolved, 0) end as resolved,
    case when requests_reported.district is not null then coalesce(requests_by_zone.not_closed, 0) end as not_closed,
from shop_zone_months
inner join period_end
    on shop_zone_months.month = period_end.month
inner join intermediate.area_paths as paths
    on shop_zone_months.community = paths.area_code
left join requests_by_zone
    on shop_zone_months.zone_id = requests_by_zone.zone_id
left join requests_reported
    on paths.district = requests_reported.district
order by not_closed desc nulls last, raised desc nulls last, shop_zone_months.zone_id
