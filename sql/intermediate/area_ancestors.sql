-- title: 区划的各级上级 | Every area with itself and each area above it
-- grain: area, ancestor
-- sql_lab: no_person
with recursive
climb as (
    select
        area_code,
        area_code as ancestor_code,
        parent_code as next_code,
        0 as distance,
    from staging.areas
    union all
    select
        climb.area_code,
        parents.area_code as ancestor_code,
        parents.parent_code as next_code,
        climb.distance + 1 as distance,
    from climb
    inner join staging.areas as parents
        on climb.next_code = parents.area_code
)
select
    area_code,
    ancestor_code,
    distance,
from climb
