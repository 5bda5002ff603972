-- title: 各地的标准和条目 | Standards and their items by area
-- grain: area, month, standard, obligation, item
-- sql_lab: no_person
-- source_table: standards
-- incremental_on: standards_in_force.month, standard_items_in_force.month
with
numbers as (
    select
        in_force.area_code,
        in_force.month,
        in_force.standard,
        in_force.obligation,
        null as item,
        in_force.value,
        in_force.upper,
    from intermediate.standards_in_force as in_force
    inner join staging.areas as areas
        on in_force.area_code = areas.area_code
        and areas.level <> 'community'
),
items as (
    select area_code, month, standard, obligation, item, value, upper
    from intermediate.standard_items_in_force
),
everything as (
    select * from numbers
    union all
    select * from items
)
select
    everything.month,
    date_trunc('year', everything.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    everything.area_code,
    everything.standard,
    everything.obligation,
    -- `shop_volunteer:3` is the third item of the shop volunteers' list.
    split_part(everything.item, ':', 1) as item_group,
    everything.item,
    everything.value,
    everything.upper,
from everything
inner join intermediate.area_paths as paths
    on everything.area_code = paths.area_code
