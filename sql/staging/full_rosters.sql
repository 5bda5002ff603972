-- title: 声明为完整的名册 | Rosters declared complete
-- grain: district, as_of
-- sql_lab: no_person
-- source: raw.full_rosters
select
    district,
    as_of,
from raw.full_rosters
