-- title: 近 12 个月开过的课程和专题 | Courses and topics held in the last 12 months
-- grain: area, month, offer
-- sql_lab: no_person
-- source_table: training_sessions
-- incremental_on: training_sessions.started_on, months.month
with
offers as (
    select session_id, area_code, started_on, 'course' as offer_kind, course as offer
    from staging.training_sessions
    where course is not null
    union all
    select session_id, area_code, started_on, 'topic' as offer_kind, topic as offer
    from staging.training_sessions
    where topic is not null
),
held as (
    select distinct
        months.month,
        offers.area_code,
        offers.offer_kind,
        offers.offer,
    from offers
    inner join staging.months as months
        on offers.started_on <= months.observed_on
        and offers.started_on > months.observed_on - interval 12 month
)
select
    held.month,
    date_trunc('year', held.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    held.offer_kind,
    held.offer,
from held
inner join intermediate.area_paths as paths
    on held.area_code = paths.area_code
