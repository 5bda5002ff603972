-- title: 退回的行 | Rows sent back
-- grain: district, file, sheet, row
-- source: raw.rejected_rows
select
    district,
    file,
    sheet,
    table_name,
    row_number,
    cells,
from raw.rejected_rows
