-- title: 区划路径 | Areas with the areas above them
-- grain: area
-- sql_lab: no_person
with
-- An area is whole if its own district submitted everything below it; a province with one connected city is not.
wholeness as (
    select
        ancestors.ancestor_code as area_code,
        bool_and(below.district = self.district) as is_whole,
        count(*) filter (where below.level = 'county') as counties,
        count(*) filter (where below.level = 'community') as communities,
    from intermediate.area_ancestors as ancestors
    inner join staging.areas as below
        on ancestors.area_code = below.area_code
    inner join staging.areas as self
        on ancestors.ancestor_code = self.area_code
    group by ancestors.ancestor_code
),
paths as (
    select
        ancestors.area_code,
        max(above.area_code) filter (where above.level = 'province') as province,
        max(above.area_code) filter (where above.level = 'city') as city,
        max(above.area_code) filter (where above.level = 'county') as county,
        max(above.area_code) filter (where above.level = 'street') as street,
        max(above.area_code) filter (where above.level = 'community') as community,
        arg_max(above.area_code, ancestors.distance) filter (
            where wholeness.is_whole and above.area_code is not null
        ) as place,
    from intermediate.area_ancestors as ancestors
    inner join staging.areas as above
        on ancestors.ancestor_code = above.area_code
    inner join wholeness
        on ancestors.ancestor_code = wholeness.area_code
    group by ancestors.area_code
)
select
    areas.area_code,
    areas.area_name,
    areas.level,
    areas.parent_code,
    areas.is_urban,
    areas.district,
    areas.map_approval_no,
    wholeness.is_whole,
    wholeness.counties,
    wholeness.communities,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
from staging.areas as areas
inner join wholeness
    on areas.area_code = wholeness.area_code
inner join paths
    on areas.area_code = paths.area_code
