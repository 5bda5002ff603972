-- title: 网格 | Grids
-- grain: grid
-- sql_lab: no_person
-- source: raw.grids
select
    grid_code,
    grid_name,
    community_code,
    grid_type,
    households,
    set_up_on,
    closed_on,
from raw.grids
