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
    files.last_event,
    files.loaded_at,
    files.rows_read,
    files.rows_loaded,
    files.rows_rejected,
    files.rows_duplicate,
    files.extra_columns,
    files.message_zh,
    files.message_en,
from staging.files as files
-- The national standards, and a folder whose areas could not be read, belong to no area: they are told of all places.
where $area is null
    or files.district in (select inside.district from inside)
-- What went wrong stands first.
order by
    files.status in ('loaded', 'ignored'),
    files.rows_rejected = 0,
    files.district,
    files.file,
    files.sheet,
    files.table_name
