-- title: 谁报了、谁没报 | Who has reported and who has not
-- grain: district, table
-- people: rows_loaded, rows_rejected
-- params: area
-- note: 最近日期到数据日期超过应报间隔的为逾期；间隔是标准里的 report_interval，地区可以另定 | Overdue if the last date is further from the data date than report_interval in the standards; a district may set its own
with
inside as (
    select distinct district
    from intermediate.area_paths
    where $area is null
        or $area in (area_code, province, city, county, street, community)
)
select
    status.district,
    status.district_name,
    status.table_name,
    status.status,
    status.last_date,
    status.due_on,
    status.days_ago,
    status.interval_days,
    status.files,
    status.last_file,
    status.rows_loaded,
    status.rows_rejected,
    status.loaded_at,
from intermediate.report_status as status
where status.district in (select inside.district from inside)
order by status.district, status.table_name
