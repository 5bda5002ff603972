-- title: 各阵地 | Venues
-- grain: place
-- note: 党群服务中心和驿站在前，没有检查过的在前，面积大的在前 | Service centres and stations first, never inspected first, then largest first
with
period_end as (
    select max(month) as month
    from community_months
)
select
    place_months.place_id,
    places.place_name,
    place_months.kind,
    place_months.community,
    paths.area_name as community_name,
    place_months.area_m2,
    places.opened_on,
    -- Ignores inspections planned after the data date.
    case
        when places.inspected_on <= (select max(observed_on) from staging.months) then places.inspected_on
    end as inspected_on,
from place_months
inner join period_end
    on place_months.month = period_end.month
inner join staging.places as places
    on place_months.place_id = places.place_id
inner join intermediate.area_paths as paths
    on place_months.community = paths.area_code
order by
    case place_months.kind when 'service_centre' then 1 when 'service_station' then 2 else 3 end,
    place_months.kind, inspected_on nulls first, place_months.area_m2 desc nulls last, place_months.place_id
