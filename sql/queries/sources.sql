-- title: 数据来源 | Data sources
-- grain: table
-- params: area
select
    reports.table_name,
    count(distinct reports.district) as districts,
    min(reports.loaded_at) as loaded_at,
    bool_or(reports.is_stale) as is_stale,
from intermediate.reports as reports
where reports.district in (
    select paths.district
    from intermediate.area_paths as paths
    where $area is null
        or $area in (paths.area_code, paths.province, paths.city, paths.county, paths.street, paths.community)
)
group by reports.table_name
order by reports.table_name
