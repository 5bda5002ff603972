-- title: 哪个地区报了哪张表 | Which district has reported which table
-- grain: district, table
-- people: rows_loaded
-- sql_lab: no_person
select
    district,
    table_name,
    sum(rows_loaded) as rows_loaded,
    max(loaded_at) as loaded_at,
    bool_or(status = 'stale') as is_stale,
from staging.files
where status in ('loaded', 'stale')
    -- A file with every row rejected reports nothing; an empty file reports that there are none.
    and (files.rows_loaded > 0 or files.rows_read = 0)
group by district, table_name
