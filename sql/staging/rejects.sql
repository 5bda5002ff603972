-- title: 退回的原因 | Reasons for rejection
-- grain: problem
-- source: raw.rejects
select
    district,
    file,
    sheet,
    row_number,
    table_name,
    column_name,
    value,
    reason_zh,
    reason_en,
from raw.rejects
