-- title: 收到的文件 | Files received
-- grain: district, file, sheet
-- people: rows_read, rows_loaded, rows_rejected, rows_duplicate
-- sql_lab: no_person
-- source: raw.files
select
    district,
    file,
    sheet,
    table_name,
    status,
    rows_read,
    rows_loaded,
    rows_rejected,
    rows_duplicate,
    extra_columns,
    message_zh,
    message_en,
    header,
    last_event,
    valid_on,
    received_on,
    loaded_at,
from raw.files
