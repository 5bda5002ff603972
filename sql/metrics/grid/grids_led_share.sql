-- title: 有网格长的网格占比 | Share of grids with a leader
-- short: 有网格长 | Grids with leader
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- note: 有在任网格长的网格 ÷ 网格 | Grids with a current leader ÷ all grids
select
    100.0 * (count(grids_without_leader) - sum(grids_without_leader)) / nullif(count(grids_without_leader), 0) as value,
    count(grids_without_leader) - sum(grids_without_leader) as numerator,
    nullif(count(grids_without_leader), 0) as denominator,
    case when count(led_standard) = count(*) then avg(led_standard) end as standard,
    case when count(led_recommended) = count(*) then avg(led_recommended) end as recommended,
from grid_months
