-- title: 声明为完整的名册 | Rosters declared full
-- grain: district, as_of
-- source: raw.full_rosters
select
    district,
    as_of,
from raw.full_rosters
