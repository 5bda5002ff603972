-- title: 哪个地区报了哪张表（只论有无） | Which district has ever reported which table
-- grain: district, table
-- sql_lab: no_person
-- note: 不含时间和行数：同一张表再报一次，依据它的数据集市不变 | Holds no times or row counts, so dependent marts do not change when a table is resubmitted
select
    district,
    table_name,
from intermediate.reports
