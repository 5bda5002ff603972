-- title: 边界问题 | Boundary problems
-- grain: kind, community, grid, other grid
-- sql_lab: no_person
-- source: raw.shape_faults
select
    kind,
    community_code,
    grid_code,
    other_grid_code,
    share as share_percent,
from raw.shape_faults
