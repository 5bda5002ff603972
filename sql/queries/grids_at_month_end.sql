-- title: 期末各网格 | Grids at the end of the period
-- grain: grid
-- people: leaders, members
-- of_people: households_per_leader = 1.0 * households / nullif(leaders, 0)
-- note: 无网格长的在前，户数多的在前 | Without a leader first, then by households
select
    grid_months.grid,
    grids.grid_name,
    grid_months.community,
    paths.area_name as community_name,
    grid_months.grid_type,
    grid_months.households,
    -- Null where the district sent no grid duties.
    grid_months.grids_without_leader = 0 as has_leader,
    grid_months.leaders,
    grid_months.members,
    1.0 * grid_months.households / nullif(grid_months.leaders, 0) as households_per_leader,
from grid_months
inner join staging.grids as grids
    on grid_months.grid = grids.grid_code
inner join intermediate.area_paths as paths
    on grid_months.community = paths.area_code
qualify grid_months.month = max(grid_months.month) over ()
order by has_leader nulls last, grid_months.households desc, grid_months.grid
