-- title: 商铺片区（月） | Shop zones at each month's end
-- grain: zone, month
-- counts: shop_zones
select
    months.month,
    date_trunc('year', months.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    zones.zone_id,
    zones.zone_name,
from staging.shop_zones as zones
inner join staging.months as months
    on (zones.set_up_on is null or zones.set_up_on <= months.observed_on)
    and (zones.closed_on is null or zones.closed_on > months.observed_on)
inner join bases.area_paths as paths
    on zones.community_code = paths.area_code
