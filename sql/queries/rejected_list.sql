-- title: 退回的行 | Rejected rows
-- grain: problem
-- params: area, most
-- note: 最前的若干条；全部在按地区下载的工作簿里 | The first rows only; all are in each district's workbook
with
inside as (
    select distinct district
    from intermediate.area_paths
    where $area is null
        or $area in (area_code, province, city, county, street, community)
)
select
    rejects.district,
    rejects.file,
    rejects.sheet,
    rejects.row_number,
    rejects.table_name,
    rejects.column_name,
    rejects.value,
    rejects.reason_zh,
    rejects.reason_en,
from staging.rejects as rejects
where rejects.row_number is not null
    and ($area is null or rejects.district in (select inside.district from inside))
order by rejects.district, rejects.file, rejects.sheet, rejects.row_number, rejects.column_name
limit $most
