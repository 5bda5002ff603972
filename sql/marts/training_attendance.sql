-- title: 参训记录 | Training attendance
-- grain: session, attendee
-- source_table: training_attendance
-- incremental_on: months.month
with
data_date as (
    select max(observed_on) as observed_on
    from staging.months
),
-- Training counts in the person's own area: a worker's community, a partner's area served.
attendees as (
    select
        worker_id as attendee_id,
        community_code as area_code,
        'worker' as attendee_kind,
        post,
    from staging.workers
    qualify row_number() over (partition by worker_id order by as_of desc nulls last) = 1
    union all
    select
        partner_id as attendee_id,
        area_code,
        'partner' as attendee_kind,
        null as post,
    from staging.partners
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
    attendance.session_id,
    attendance.attendee_id,
    attendees.attendee_kind,
    attendees.post,
    sessions.organiser_level,
    sessions.programme,
    sessions.course,
    sessions.topic,
    case when attendance.is_completed then 1 else 0 end as completed,
    case when attendance.is_completed then sessions.hours else 0 end as completed_hours,
    attendance.score_before,
    attendance.score_after,
    -- Only where both are known.
    attendance.score_after - attendance.score_before as score_gain,
    -- Columns summed by the monthly marts.
    1 as attended,
    case when attendance.score_before is not null and attendance.score_after is not null then 1 else 0 end as scored,
    case when attendance.score_after is not null then attendance.score_before end as scored_before,
    case when attendance.score_before is not null then attendance.score_after end as scored_after,
    case when attendance.score_after > attendance.score_before then 1 else 0 end as improved,
from staging.training_attendance as attendance
inner join staging.training_sessions as sessions
    on attendance.session_id = sessions.session_id
inner join attendees
    on attendance.attendee_id = attendees.attendee_id
cross join data_date
inner join intermediate.area_paths as paths
    on attendees.area_code = paths.area_code
where sessions.started_on <= data_date.observed_on
