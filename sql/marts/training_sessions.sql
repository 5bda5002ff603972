-- title: 培训班次 | Training sessions
-- grain: session
-- sql_lab: no_person
-- source_table: training_sessions
-- incremental_on: training_sessions.started_on, months.month
with
data_date as (
    select max(observed_on) as observed_on
    from staging.months
)
select
    date_trunc('month', sessions.started_on)::date as month,
    date_trunc('year', sessions.started_on)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    sessions.session_id,
    sessions.title,
    sessions.organiser_level,
    sessions.programme,
    sessions.course,
    sessions.topic,
    sessions.university,
    sessions.place_id,
    sessions.started_on,
    sessions.hours,
from staging.training_sessions as sessions
cross join data_date
inner join intermediate.area_paths as paths
    on sessions.area_code = paths.area_code
where sessions.started_on <= data_date.observed_on
