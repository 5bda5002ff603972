-- title: 有地块不在任何网格内的社区 | Communities not fully covered by grids
-- severity: warn
-- fix: 在地图软件里补画缺少的网格，或改正社区和网格的边界，再重新导出 shapes.geojson | Draw the missing grids in the map software, or correct the community and grid boundaries, and export shapes.geojson again
-- note: 社区自己的边界内，未被其未撤销网格覆盖的面积超过 2%；只看已有网格边界的社区 | More than 2% of the community's own area lies outside its open grids; checked only where some of its grids have a boundary
select
    community_code as area_code,
    share_percent,
from staging.shape_faults
where kind = 'gap'
order by area_code
