-- title: 网格 | Grids
-- unit: grids
-- decimals: 0
-- better: none
-- over_time: latest
-- note: 已设立且未撤销 | Set up and not closed
select
    count(distinct grid) as value,
from grid_months
