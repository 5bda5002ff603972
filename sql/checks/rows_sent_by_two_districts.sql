-- title: 两个地区都报的同一条记录 | Records submitted by two districts
-- severity: warn
-- fix: 由双方商定归属，另一方从自己的文件里删去这一行 | Agree which district owns it; the other deletes the row from its file
-- note: 主键相同的行来自两个地区；列出双方各行，以及装入的是哪一行 | Rows with the same key from two districts; both are listed, with the one that was loaded
with
-- The one area a district covers in full; empty if it covers several.
places as (
    select
        district,
        case when count(*) = 1 then min(area_code) end as area_code,
    from intermediate.area_paths
    where area_code = place
    group by district
)
select
    places.area_code,
    claims.table_name,
    claims.key,
    claims.district,
    claims.file,
    claims.sheet,
    claims.row_number,
    claims.is_kept,
from staging.claims as claims
left join places
    on claims.district = places.district
order by claims.table_name, claims.key, claims.district, claims.file, claims.sheet, claims.row_number
