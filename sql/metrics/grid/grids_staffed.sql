-- title: 有人任职的网格 | Grids staffed by community workers
-- short: 有人任职网格 | Grids staffed
-- unit: grids
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 有在任网格长或网格员 | With a current leader or member
select
    sum(grids_staffed) as value,
from grid_months
