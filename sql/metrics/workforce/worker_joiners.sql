-- title: 入职 | Joiners
-- unit: people
-- decimals: 0
-- direction: none
-- aggregation: sum
-- note: 期内入职，或重新列入名册 | Hired in the period, or back on the roster
select
    count(*) filter (where move in ('hire', 'return')) as value,
from worker_moves
