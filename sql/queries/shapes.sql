-- title: 边界 | Boundaries of areas and grids
-- grain: code
-- params: codes
select
    code,
    geometry,
    min_lon,
    min_lat,
    max_lon,
    max_lat,
from staging.shapes
where list_contains($codes, code)
order by code
