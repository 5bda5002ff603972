-- title: 各地区各表的报送情况 | Reporting status by district and table
-- grain: district, table
-- people: rows_loaded, rows_rejected
-- sql_lab: no_person
-- note: 有文件没读入的算未读入或沿用上次；是否逾期要看今天，由查询判断 | A file that could not be read counts as not loaded or stale; whether a table is overdue depends on today, so queries decide it
with
received as (
    select
        district,
        table_name,
        count(*) as files,
        sum(rows_loaded)::bigint as rows_loaded,
        sum(rows_rejected)::bigint as rows_rejected,
        bool_or(status = 'stale') as is_stale,
        bool_or(status = 'failed') as has_failed,
        max(loaded_at) as loaded_at,
    from staging.files
    where table_name is not null
    group by district, table_name
),
last_files as (
    select
        district,
        table_name,
        file as last_file,
    from staging.files
    where table_name is not null
    qualify row_number() over (
        partition by district, table_name
        order by coalesce(valid_on, last_event) desc nulls last, file, sheet
    ) = 1
)
select
    dates.district,
    dates.district_name,
    dates.table_name,
    case
        when received.district is null then 'never'
        when received.is_stale then 'stale'
        when received.has_failed or not dates.is_reported then 'failed'
        else 'reported'
    end as status,
    dates.is_reported,
    received.files,
    last_files.last_file,
    dates.received_on,
    dates.covers_until,
    dates.interval_days,
    dates.due_on,
    received.rows_loaded,
    received.rows_rejected,
    received.loaded_at,
from intermediate.report_dates as dates
left join received
    on dates.district = received.district
    and dates.table_name = received.table_name
left join last_files
    on dates.district = last_files.district
    and dates.table_name = last_files.table_name
