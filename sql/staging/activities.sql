-- title: 活动 | Activities
-- grain: activity_id
-- source: raw.activities
select
    activity_id,
    started_at,
    area_code,
    grid_code,
    kind,
    title,
    worker_id,
    partner_id,
    participants,
    beneficiaries,
    hours,
from raw.activities
