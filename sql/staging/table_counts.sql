-- title: 各表行数 | Rows by table
-- grain: district, table
-- people: standing_rows, ended_rows, ended_since_rows, good_rows, good_ended_rows
-- sql_lab: no_person
-- source: raw.table_counts
select
    district,
    table_name,
    standing_rows,
    ended_rows,
    ended_since_rows,
    good_rows,
    good_ended_rows,
    good_date,
from raw.table_counts
