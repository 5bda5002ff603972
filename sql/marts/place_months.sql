-- title: 阵地（月） | Venues at month end
-- grain: place, month
-- sql_lab: no_person
-- source_table: places
-- incremental_on: months.month
select
    months.month,
    date_trunc('year', months.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    places.place_id,
    places.kind,
    places.area_m2,
from staging.places as places
inner join staging.months as months
    on (places.opened_on is null or places.opened_on <= months.observed_on)
    and (places.closed_on is null or places.closed_on > months.observed_on)
inner join intermediate.area_paths as paths
    on places.community_code = paths.area_code
