-- title: 各地各表的数据到哪天、何时应再报 | How far each district's data reach and when more are due
-- grain: district, table
-- sql_lab: no_person
-- note: 名册、台账的行有变化才改，数据到文件写明的日期，没写明的到收到那天；其余的表到最近一行的日期。是否逾期要看今天，由查询判断 | Rows of rosters and registers stand until changed: their data reach the date that the file declares, else the day it was received. Other tables reach the date of their newest row. Whether a table is overdue depends on today, so queries decide it
with
data_date as (
    select max(observed_on) as observed_on
    from staging.months
),
-- A district that sends only rosters has a data date of years ago: intervals are those in force when files last came.
last_day as (
    select greatest(max(data_date.observed_on), max(files.received_on)) as observed_on
    from data_date
    cross join staging.files as files
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
    cross join last_day
    inner join intermediate.area_ancestors as ancestors
        on tops.area_code = ancestors.area_code
    inner join staging.standards as standards
        on (standards.area_code = ancestors.ancestor_code or (standards.area_code is null and ancestors.distance = 0))
        and standards.standard = 'report_interval'
        and standards.since <= last_day.observed_on
        and (standards.until is null or standards.until > last_day.observed_on)
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
        max(last_event) as last_event,
        max(valid_on) as valid_on,
        max(received_on) as received_on,
    from staging.files
    where table_name is not null
    group by district, table_name
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
        received.received_on,
        case
            when received.valid_on is not null then received.valid_on
            when coalesce(last_dates.last_date, received.last_event) > data_date.observed_on then data_date.observed_on
            else coalesce(last_dates.last_date, received.last_event)
        end as covers_until,
        intervals.interval_days,
    from districts
    cross join expected
    cross join data_date
    inner join names
        on districts.district = names.district
    left join received
        on districts.district = received.district
        and expected.table_name = received.table_name
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
    is_reported,
    received_on,
    covers_until,
    interval_days,
    (covers_until + interval_days)::date as due_on,
from latest_reports
