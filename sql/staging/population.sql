-- title: 社区人口 | Population of communities
-- grain: community, as_of
-- sql_lab: no_person
-- source: raw.population
select
    community_code,
    as_of,
    residents,
    urban_residents,
    households,
    elderly,
    children,
    needy_households,
from raw.population
