-- title: 参训记录 | Training attendance
-- grain: session_id, attendee_id
-- source: raw.training_attendance
select
    session_id,
    attendee_id,
    is_completed,
    score_before,
    score_after,
    source_district as district,
from raw.training_attendance
