-- title: 基数不完整的区域 | Areas with incomplete data
-- grain: district, table
-- params: area
-- note: 区域内有的地区报了这张表、有的没报；或报过的要在应报日期前再报。区域为空是全部 | Tables that some districts in the area have submitted and others have not, and for those submitted the day before which more are due; without an area, all areas
with
inside as (
    select distinct district
    from intermediate.area_paths
    where $area is null
        or $area in (area_code, province, city, county, street, community)
),
standing as (
    select
        dates.*,
        list_sort(
            coalesce(
                list(dates.district_name) filter (where dates.is_reported and dates.district_name is not null) over (
                    partition by dates.table_name
                ),
                []
            )
        ) as reported_by,
    from intermediate.report_dates as dates
    where dates.district in (select inside.district from inside)
)
select
    district,
    district_name,
    table_name,
    -- Empty: never reported.
    case when is_reported then covers_until end as covers_until,
    case when is_reported then interval_days end as interval_days,
    case when is_reported then due_on end as due_on,
    reported_by,
from standing
-- An area that keeps no such table reports that itself.
where (not is_reported and array_length(reported_by) > 0)
    or (is_reported and due_on is not null)
order by table_name, district_name
