-- title: 离职 | Leavers
-- unit: people
-- decimals: 0
-- direction: lower
-- aggregation: sum
-- note: 期内离职，或不再列入声明为完整的名册 | Left in the period, or missing from a roster declared complete
select
    count(*) filter (where move = 'leave') as value,
from worker_moves
