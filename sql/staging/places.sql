-- title: 阵地 | Venues
-- grain: place_id
-- sql_lab: no_person
-- source: raw.places
select
    place_id,
    place_name,
    kind,
    community_code,
    lon,
    lat,
    area_m2,
    opened_on,
    closed_on,
    inspected_on,
from raw.places
