-- title: 未解决诉求最多的网格 | Grids with the most unresolved requests
-- grain: community, grid
-- note: 期内上报而尚未解决，多的在前；没有填写网格的按社区、街道或区县合计，列在最后 | Raised in the period and not resolved, most first; requests without a grid come last, grouped by community, subdistrict or county
with
by_grid as (
    select
        grid,
        coalesce(community, street, county) as area,
        count(*) as raised,
        count(*) filter (where resolved = 0) as unresolved,
        count(*) filter (where resolved = 0 and closed_at is null) as still_open,
    from requests
    group by grid, coalesce(community, street, county)
)
select
    by_grid.grid,
    grids.grid_name,
    paths.area_name,
    by_grid.unresolved,
    by_grid.still_open,
    by_grid.raised,
    100.0 * by_grid.unresolved / by_grid.raised as unresolved_percent,
from by_grid
left join staging.grids as grids
    on by_grid.grid = grids.grid_code
inner join intermediate.area_paths as paths
    on by_grid.area = paths.area_code
where by_grid.unresolved > 0
order by by_grid.grid is null, by_grid.unresolved desc, by_grid.raised desc, by_grid.area, by_grid.grid
