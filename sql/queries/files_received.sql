-- title: 收到的文件 | Files received
-- grain: district, file, sheet
-- people: rows_read, rows_loaded, rows_rejected, rows_duplicate
-- params: area
-- note: 每份文件：读取的行 = 装入 + 退回 + 重复 | For each file: rows read = loaded + rejected + duplicates
with
inside as (
    select distinct district
    from intermediate.area_paths
    where $area is null
        or $area in (area_code, province, city, county, street, community)
)
select
    files.district,
    files.file,
    files.sheet,
    files.table_name,
    files.status,
    coalesce(files.valid_on, files.last_event) as covers_until,
    files.received_on,
    files.loaded_at,
    files.rows_read,
    files.rows_loaded,
    files.rows_rejected,
    files.rows_duplicate,
    files.extra_columns,
    files.message_zh,
    files.message_en,
from staging.files as files
-- National standards, and folders whose areas could not be read, belong to no area and are listed for all areas.
where $area is null
    or files.district in (select inside.district from inside)
-- Problems come first.
order by
    files.status in ('loaded', 'ignored'),
    files.rows_rejected = 0,
    files.district,
    files.file,
    files.sheet,
    files.table_name
