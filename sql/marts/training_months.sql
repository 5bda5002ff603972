-- title: 参训（月） | Training attendance by month
-- grain: area, month, attendee kind, post, organiser level, programme
-- source_table: training_attendance
-- incremental_on: training_attendee_months.month
-- rollup_of: training_attendance, training_attendee_months
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
    -- Sums integers so that the result does not depend on row order.
    sum(round(1e6 * completed_hours)::bigint) / 1e6 as completed_hours,
    sum(scored)::bigint as scored,
    sum(round(1e6 * scored_before)::bigint) / 1e6 as scored_before,
    sum(round(1e6 * scored_after)::bigint) / 1e6 as scored_after,
    sum(round(1e6 * score_gain)::bigint) / 1e6 as score_gain,
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
