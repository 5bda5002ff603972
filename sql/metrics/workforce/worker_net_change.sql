-- title: 净增 | Net change
-- unit: people
-- decimals: 0
-- better: higher
-- over_time: sum
-- note: 期内入职 − 离职 | Hired − left in the period
select
    count(*) filter (where move = 'hire') - count(*) filter (where move = 'leave') as value,
from worker_moves
