-- title: 基数不完整的区域 | Areas with incomplete data
-- grain: area, district, table
-- sql_lab: no_person
-- note: 区域内有的地区报了这张表、有的没报，或最近一次报送已逾期；区域代码为空是全部 | Some districts in the area have submitted the table and others have not, or the latest report is overdue; an empty area code means all areas
with
-- Every area with communities of a district, and, without a code, all areas together.
inside as (
    select distinct
        ancestors.ancestor_code as area_code,
        communities.district,
    from staging.areas as communities
    inner join intermediate.area_ancestors as ancestors
        on communities.area_code = ancestors.area_code
    where communities.level = 'community'
    union all
    select distinct
        null as area_code,
        district,
    from staging.areas
    where level = 'community'
),
standing as (
    select
        inside.area_code,
        status.district,
        status.district_name,
        status.table_name,
        status.is_reported,
        status.last_date,
        status.interval_days,
        status.due_on,
        list_sort(
            coalesce(
                list(status.district_name) filter (where status.is_reported and status.district_name is not null) over (
                    partition by inside.area_code, status.table_name
                ),
                []
            )
        ) as reported_by,
    from inside
    inner join intermediate.report_status as status
        on inside.district = status.district
)
select
    area_code,
    district,
    district_name,
    table_name,
    -- Empty: never reported.
    case when is_reported then last_date end as last_date,
    case when is_reported then interval_days end as interval_days,
    case when is_reported then due_on end as due_on,
    reported_by,
from standing
-- An area that keeps no such table reports that itself.
where (not is_reported and array_length(reported_by) > 0)
    or (is_reported and standing.due_on < (select max(observed_on) from staging.months))
