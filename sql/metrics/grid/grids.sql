-- title: 网格 | Grids
-- unit: grids
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 已设立且未撤销 | Set up and not closed
select
    count(distinct grid) as value,
from grid_months
