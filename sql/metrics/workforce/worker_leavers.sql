-- title: 离职 | Leavers
-- unit: people
-- decimals: 0
-- better: lower
-- over_time: sum
-- note: 期内离职 | Left in the period
select
    count(*) filter (where move = 'leave') as value,
from worker_moves
