-- title: 谁报了、谁没报 | Who has reported and who has not
-- grain: district, table
-- people: rows_loaded, rows_rejected
-- params: area, today
-- note: 数据到哪天加上应报间隔，过了今天还没再报的为逾期；间隔是标准里的 report_interval，地区可以另定 | Overdue if more was due before today: the day that the data reach plus report_interval in the standards; a district may set its own
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
    case when status.status = 'reported' and status.due_on < $today then 'overdue' else status.status end as status,
    status.received_on,
    status.covers_until,
    status.due_on,
    status.interval_days,
    status.files,
    status.last_file,
    status.rows_loaded,
    status.rows_rejected,
    status.loaded_at,
from intermediate.report_status as status
where status.district in (select inside.district from inside)
order by status.district, status.table_name
