-- title: 入职 | Joiners
-- unit: people
-- decimals: 0
-- better: none
-- over_time: sum
-- note: 期内入职 | Hired in the period
select
    count(*) filter (where move = 'hire') as value,
from worker_moves
