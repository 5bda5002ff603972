-- title: 正在使用的版本 | Version in use
-- grain: one row
select
    version,
    built_at,
    data_date,
    today as declared_day,
    source,
    sql_hash,
from meta.build
