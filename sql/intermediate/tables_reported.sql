-- title: 哪个地区报了哪张表（只论有无） | Which district has reported which table, whenever that was
-- grain: district, table
-- sql_lab: no_person
-- note: 不含时间和行数：同一张表再报一次，依据它的数据集市不变 | Without times and counts: what stands on it stays as it is when a table is sent again
select
    district,
    table_name,
from intermediate.reports
