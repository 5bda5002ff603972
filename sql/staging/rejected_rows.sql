-- title: 退回的行 | Rejected rows
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
