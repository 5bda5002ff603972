-- title: 行政区划 | Areas
-- grain: area
-- sql_lab: no_person
-- source: raw.areas
select
    area_code,
    name as area_name,
    level,
    parent_code,
    coalesce(is_urban, true) as is_urban,
    map_approval_no,
    source_district as district,
from raw.areas
