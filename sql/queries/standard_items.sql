-- title: 执行的清单 | List items in force
-- grain: item
-- params: standard, group, area, month
-- note: 期末对这个区域有效的条目；社区看所在街道的 | Items in force for the area at the end of the period; a community uses its subdistrict's
with
asked as (
    select coalesce(paths.street, paths.county, paths.city, paths.province) as area_code
    from intermediate.area_paths as paths
    where paths.area_code = $area
)
select
    items.item,
    items.value,
    items.upper,
    items.obligation,
    items.clause,
    items.basis,
from intermediate.standard_items_in_force as items
inner join asked
    on items.area_code = asked.area_code
where items.standard = $standard
    and items.month = $month
    and ($group is null or split_part(items.item, ':', 1) = $group)
-- In the district's own order.
order by items.source_row, items.item
