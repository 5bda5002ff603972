-- title: 数据来源 | Data sources
-- grain: table
-- params: area
select
    reports.table_name,
    count(distinct reports.district) as districts,
    min(dates.received_on) as received_on,
    min(dates.covers_until) as covers_until,
    bool_or(reports.is_stale) as is_stale,
from intermediate.reports as reports
left join intermediate.report_dates as dates
    on reports.district = dates.district
    and reports.table_name = dates.table_name
where reports.district in (
    select paths.district
    from intermediate.area_paths as paths
    where $area is null
        or $area in (paths.area_code, paths.province, paths.city, paths.county, paths.street, paths.community)
)
group by reports.table_name
order by reports.table_name
