-- title: 参训人员（月） | Training attendees by month
-- grain: attendee, area, month, organiser level, programme
-- source_table: training_attendance
-- incremental_on: training_attendance.month
-- rollup_of: training_attendance
with
added_up as (
    select
        coalesce(community, street, county, city, province) as area_code,
        month,
        attendee_id,
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
    from training_attendance
    group by
        coalesce(community, street, county, city, province),
        month,
        attendee_id,
        attendee_kind,
        post,
        organiser_level,
        programme
)
select
    added_up.month,
    date_trunc('year', added_up.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    added_up.attendee_id,
    added_up.attendee_kind,
    added_up.post,
    added_up.organiser_level,
    added_up.programme,
    added_up.attended,
    added_up.completed,
    added_up.completed_hours,
    added_up.scored,
    added_up.scored_before,
    added_up.scored_after,
    added_up.score_gain,
    added_up.improved,
from added_up
inner join intermediate.area_paths as paths
    on added_up.area_code = paths.area_code
