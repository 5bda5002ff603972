-- title: 网格任职 | Grid duties
-- grain: worker, grid, since
-- source: raw.grid_duties
select
    worker_id,
    grid_code,
    duty,
    since,
    until,
from raw.grid_duties
