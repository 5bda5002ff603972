-- title: 报送逾期 | Reports overdue
-- short: 报送逾期 | Reports overdue
-- grain: area_code
-- page: quality
-- unit: days
-- params: today
-- decimals: 0
-- message: {tables} 张表逾期未报；拖得最久的是{table_name}：数据到 {covers_until}，距今 {value} 天，应不超过 {limit_value} 天 | Overdue tables: {tables}. Longest overdue: {table_name}, data to {covers_until}, {value} days ago (limit {limit_value})
-- remedy: 请所辖地区补报；间隔不合适的，在标准文件里改 report_interval | Ask the district to submit them; if the interval is wrong, change report_interval in its standards file
-- note: 曾经报过、数据到今天已超过应报间隔的表；从未报过的不算 | Tables a district has submitted before whose data end more than the expected interval before today; tables never submitted do not count
with
-- The topmost areas of each district.
tops as (
    select
        areas.district,
        areas.area_code,
    from staging.areas as areas
    left join staging.areas as parents
        on areas.parent_code = parents.area_code
        and areas.district = parents.district
    where parents.area_code is null
),
overdue as (
    select distinct
        ancestors.ancestor_code as area_code,
        status.district,
        status.table_name,
        status.covers_until,
        status.due_on,
        date_diff('day', status.covers_until, $today) as days_ago,
        status.interval_days,
    from intermediate.report_status as status
    inner join tops
        on status.district = tops.district
    inner join intermediate.area_ancestors as ancestors
        on tops.area_code = ancestors.area_code
    -- A file that was not read may also be overdue: its last good rows are used.
    where status.status <> 'never'
        and status.due_on < $today
),
ranked as (
    select
        *,
        row_number() over (
            partition by area_code
            order by days_ago * 1.0 / nullif(interval_days, 0) desc, district, table_name
        ) as place,
    from overdue
)
select
    area_code,
    max(days_ago) filter (where place = 1) as value,
    max(interval_days) filter (where place = 1) as limit_value,
    min(due_on) as since,
    count(*) as tables,
    max(table_name) filter (where place = 1) as table_name,
    max(covers_until) filter (where place = 1) as covers_until,
from ranked
group by area_code
order by area_code
