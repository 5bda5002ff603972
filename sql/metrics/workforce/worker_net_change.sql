-- title: 净增 | Net change
-- unit: people
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- note: 期内入职 − 离职 | Joiners − leavers in the period
select
    count(*) filter (where move in ('hire', 'return')) - count(*) filter (where move = 'leave') as value,
from worker_moves
