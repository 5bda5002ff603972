-- title: 阵地督导检查 | Venue inspections
-- grain: place, inspection
-- sql_lab: no_person
-- source_table: places
-- incremental_on: places.inspected_on, months.month
with
data_date as (
    select max(observed_on) as observed_on
    from staging.months
)
select
    date_trunc('month', places.inspected_on)::date as month,
    date_trunc('year', places.inspected_on)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    places.place_id,
    places.kind,
from staging.places as places
cross join data_date
inner join intermediate.area_paths as paths
    on places.community_code = paths.area_code
where places.inspected_on <= data_date.observed_on
