-- title: 互相重叠的网格 | Overlapping grids
-- severity: warn
-- fix: 在地图软件里改正两个网格的边界后重新导出 shapes.geojson | Correct the two grids' borders in the map software and export shapes.geojson again
-- note: 同一性质、未撤销的两个网格，重叠部分超过较小网格面积的 1%；跨社区的，两边社区各列一次 | Two open grids of the same grid_type that overlap by more than 1% of the smaller one; overlaps between communities are listed for both
with
sides as (
    select
        community_code as area_code,
        grid_code,
        other_grid_code,
        share_percent,
    from staging.shape_faults
    where kind = 'overlap'
    union all
    select
        grids.community_code as area_code,
        faults.other_grid_code as grid_code,
        faults.grid_code as other_grid_code,
        faults.share_percent,
    from staging.shape_faults as faults
    inner join staging.grids as grids
        on faults.other_grid_code = grids.grid_code
    where faults.kind = 'overlap'
        and faults.community_code <> grids.community_code
)
select
    area_code,
    grid_code,
    other_grid_code,
    share_percent,
from sides
order by area_code, grid_code, other_grid_code
