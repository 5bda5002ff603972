-- title: 标准 | Standards
-- grain: standard, area, item, since, obligation
-- sql_lab: no_person
-- source: raw.standards
select
    standard,
    area_code,
    item,
    since,
    until,
    value,
    upper,
    coalesce(obligation::varchar, 'required') as obligation,
    pace::varchar as pace,
    text as clause,
    source as basis,
    source_row,
from raw.standards
