-- title: 各地区各表的报送情况 | Reporting status by district and table
-- grain: district, table
-- people: rows_loaded, rows_rejected
-- sql_lab: no_person
-- note: 最近日期早于应报间隔的算逾期；有文件没读入的算未读入或沿用上次 | Overdue if the last date is older than the expected interval; a file that could not be read counts as not loaded or stale
with
data_date as (
    select max(observed_on) as observed_on
    from staging.months
),
-- A folder with only the divisions above the districts reports no rows.
districts as (
    select district
    from staging.areas
    group by district
    having bool_or(level = 'community')
),
-- The topmost areas of each district.
tops as (
    select
        areas.district,
        areas.area_code,
        areas.area_name,
    from staging.areas as areas
    left join staging.areas as parents
        on areas.parent_code = parents.area_code
        and areas.district = parents.district
    where parents.area_code is null
),
names as (
    select
        district,
        case when count(*) = 1 then max(area_name) else district end as district_name,
    from tops
    group by district
),
-- National intervals name every table; a row without a number means the table is sent on change.
expected as (
    select item as table_name
    from staging.standards
    where standard = 'report_interval'
        and item is not null
    union
    select table_name
    from staging.files
    where table_name is not null
),
intervals as (
    select
        tops.district,
        standards.item as table_name,
        round(standards.value)::integer as interval_days,
    from tops
    cross join data_date
    inner join intermediate.area_ancestors as ancestors
        on tops.area_code = ancestors.area_code
    inner join staging.standards as standards
        on (standards.area_code = ancestors.ancestor_code or (standards.area_code is null and ancestors.distance = 0))
        and standards.standard = 'report_interval'
        and standards.since <= data_date.observed_on
        and (standards.until is null or standards.until > data_date.observed_on)
    -- The nearest area's interval applies, table by table.
    qualify row_number() over (
        partition by tops.district, standards.item
        order by standards.area_code is null, ancestors.distance, standards.since desc, standards.value
    ) = 1
),
received as (
    select
        district,
        table_name,
        count(*) as files,
        max(last_event) as last_event,
        sum(rows_loaded)::bigint as rows_loaded,
        sum(rows_rejected)::bigint as rows_rejected,
        bool_or(status = 'stale') as is_stale,
        bool_or(status = 'failed') as has_failed,
        max(loaded_at) as loaded_at,
    from staging.files
    where table_name is not null
    group by district, table_name
),
last_files as (
    select
        district,
        table_name,
        file as last_file,
    from staging.files
    where table_name is not null
    qualify row_number() over (
        partition by district, table_name
        order by last_event desc nulls last, file, sheet
    ) = 1
),
-- Tables whose rows carry no date: the last day they describe.
last_dates as (
    select
        attendance.district,
        'training_attendance' as table_name,
        max(sessions.started_on) as last_date,
    from staging.training_attendance as attendance
    cross join data_date
    inner join staging.training_sessions as sessions
        on attendance.session_id = sessions.session_id
        and sessions.started_on <= data_date.observed_on
    group by attendance.district
    union all
    select
        assessments.district,
        'assessments' as table_name,
        max(make_date(assessments.assess_year, 12, 31)) as last_date,
    from staging.assessments as assessments
    group by assessments.district
    union all
    select
        ratings.district,
        'partner_ratings' as table_name,
        max(
            last_day(make_date(left(ratings.quarter, 4)::integer, 3 * right(ratings.quarter, 1)::integer, 1))
        ) as last_date,
    from staging.partner_ratings as ratings
    group by ratings.district
),
latest_reports as (
    select
        districts.district,
        names.district_name,
        expected.table_name,
        reports.district is not null as is_reported,
        received.district is not null as is_received,
        received.* exclude (district, table_name),  -- noqa: RF02
        last_files.last_file,
        case
            when coalesce(last_dates.last_date, received.last_event) > data_date.observed_on then data_date.observed_on
            else coalesce(last_dates.last_date, received.last_event)
        end as last_date,
        intervals.interval_days,
        data_date.observed_on,
    from districts
    cross join expected
    cross join data_date
    inner join names
        on districts.district = names.district
    left join received
        on districts.district = received.district
        and expected.table_name = received.table_name
    left join last_files
        on districts.district = last_files.district
        and expected.table_name = last_files.table_name
    left join intermediate.reports as reports
        on districts.district = reports.district
        and expected.table_name = reports.table_name
    left join last_dates
        on districts.district = last_dates.district
        and expected.table_name = last_dates.table_name
    left join intervals
        on districts.district = intervals.district
        and expected.table_name = intervals.table_name
)
select
    district,
    district_name,
    table_name,
    case
        when not is_received then 'never'
        when is_stale then 'stale'
        when has_failed or not is_reported then 'failed'
        when last_date + interval_days < observed_on then 'overdue'
        else 'on_time'
    end as status,
    is_reported,
    files,
    last_file,
    last_date,
    interval_days,
    (last_date + interval_days)::date as due_on,
    date_diff('day', last_date, observed_on) as days_ago,
    rows_loaded,
    rows_rejected,
    loaded_at,
from latest_reports
