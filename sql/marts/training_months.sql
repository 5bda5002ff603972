-- title: 参训（月） | Attendance of training in each month
-- grain: area, month, attendee kind, post, organiser level, programme
-- counts: training_attendance
-- restates: training_attendee_months.month
select
    month,
    period_start,
    province,
    city,
    county,
    street,
    community,
    place,
    attendee_kind,
    post,
    organiser_level,
    programme,
    sum(attended)::bigint as attended,
    sum(completed)::bigint as completed,
    sum(completed_hours) as completed_hours,
    sum(scored)::bigint as scored,
    sum(scored_before) as scored_before,
    sum(scored_after) as scored_after,
    sum(score_gain) as score_gain,
    sum(improved)::bigint as improved,
from training_attendee_months
group by
    month,
    period_start,
    province,
    city,
    county,
    street,
    community,
    place,
    attendee_kind,
    post,
    organiser_level,
    programme
