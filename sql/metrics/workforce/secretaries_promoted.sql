-- title: 新任社区书记 | Newly appointed secretaries
-- unit: people
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- note: 期内新任书记的人数，一人只计一次 | People newly appointed secretary in the period, each counted once
select
    count(distinct worker_id) filter (where kind = 'secretary_appointment') as value,
from career_events
