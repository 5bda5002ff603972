-- title: 无网格长的网格 | Grids without a leader
-- short: 无网格长网格 | Grids without leader
-- unit: grids
-- decimals: 0
-- direction: lower
-- aggregation: latest
-- note: 没有在任网格长 | No current leader
select
    sum(grids_without_leader) as value,
    0 as standard,
from grid_months
