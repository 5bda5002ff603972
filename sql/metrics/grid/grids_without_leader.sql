-- title: 无网格长的网格 | Grids without a leader
-- short: 无网格长网格 | Grids without leader
-- unit: grids
-- decimals: 0
-- direction: lower
-- aggregation: latest
-- note: 没有在任网格长 | No current leader
-- standard: grids_led_share
select
    sum(grids_without_leader) as value,
    case
        when count(led_standard) = count(*) then floor(round(sum(100 - led_standard) / 100, 6))
    end as standard,
from grid_months
