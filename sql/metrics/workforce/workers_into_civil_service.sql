-- title: 考录公务员、事业编 | Workers recruited into the civil service
-- short: 考录公务员 | Civil service
-- unit: people
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- note: 一人只计一次 | Each person counted once
select
    count(distinct worker_id) filter (where kind = 'civil_service') as value,
from career_events
