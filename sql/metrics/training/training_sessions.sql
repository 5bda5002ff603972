-- title: 培训班次 | Training sessions
-- unit: sessions
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- note: 期内开始的班次 | Sessions started in the period
select
    count(distinct session_id) as value,
from training_sessions
