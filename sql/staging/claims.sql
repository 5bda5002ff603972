-- title: 两个地区都报的行 | Rows submitted by two districts
-- grain: table_name, key, district, file, sheet, row_number
-- source: raw.claims
select
    table_name,
    key,
    district,
    file,
    sheet,
    row_number,
    is_kept,
from raw.claims
