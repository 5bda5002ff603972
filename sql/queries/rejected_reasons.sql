-- title: 退回的原因 | Reasons for rejection
-- grain: district, table, column, kind of reason
-- people: rows_rejected
-- params: area
-- note: 同一列同一种原因归为一组；一行有几处问题时在每组里各算一次 | Reasons of the same kind in the same column are one group; a row with several problems is counted in each
with
inside as (
    select distinct district
    from intermediate.area_paths
    where $area is null
        or $area in (area_code, province, city, county, street, community)
),
kinds as (
    select
        rejects.*,
        -- Removes what differs between rows: the quoted cell and the duplicated row.
        regexp_replace(
            regexp_replace(rejects.reason_zh, '''[^'']*''', '…', 'g'), '第 \d+ 行', '第 … 行', 'g'
        ) as kind_zh,
        regexp_replace(
            regexp_replace(rejects.reason_en, '''[^'']*''', '…', 'g'), 'row \d+', 'row …', 'g'
        ) as kind_en,
    from staging.rejects as rejects
    where rejects.row_number is not null
        and ($area is null or rejects.district in (select inside.district from inside))
)
select
    district,
    table_name,
    column_name,
    kind_zh,
    min(kind_en) as kind_en,
    count(distinct row(file, sheet, row_number)) as rows_rejected,
    min(value) as example,
from kinds
group by district, table_name, column_name, kind_zh
order by rows_rejected desc, district, table_name, column_name, kind_zh
