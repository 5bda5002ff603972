-- title: 工单 | Requests
-- grain: request_id
-- source: raw.requests
select
    request_id,
    kind,
    category,
    source,
    focus_group,
    area_code,
    grid_code,
    estate_id,
    zone_id,
    raised_at,
    published_at,
    claimed_at,
    discussed_at,
    decided_at,
    due_at,
    closed_at,
    is_resolved,
    worker_id,
    partner_id,
    satisfaction,
from raw.requests
