-- title: 跟班实训 | Reserves on shadowing placements
-- unit: people
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- note: 一人只计一次 | Each person counted once
select
    count(distinct worker_id) filter (where kind = 'shadowing') as value,
from career_events
