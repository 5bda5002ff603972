-- title: 边界 | Boundaries of areas and grids
-- grain: code
-- sql_lab: no_person
-- source: raw.shapes
select
    code,
    kind,
    geometry,
    lon,
    lat,
    min_lon,
    min_lat,
    max_lon,
    max_lat,
    is_derived,
from raw.shapes
