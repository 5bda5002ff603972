-- title: 履历事件 | Career events
-- grain: event_id
-- source: raw.career_events
select
    event_id,
    worker_id,
    on_date,
    kind,
    post_at_event,
    detail,
from raw.career_events
