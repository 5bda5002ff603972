-- title: 培训班次 | Training sessions
-- grain: session_id
-- sql_lab: no_person
-- source: raw.training_sessions
select
    session_id,
    title,
    organiser_level,
    area_code,
    programme,
    course,
    topic,
    university,
    place_id,
    started_on,
    ended_on,
    hours,
from raw.training_sessions
