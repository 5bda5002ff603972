-- title: 积分 | Points
-- grain: entry_id
-- source: raw.points
select
    entry_id,
    account_id,
    community_code,
    on_date,
    kind,
    points,
    reason,
from raw.points
