-- title: 未采用的区域 | Areas whose numbers are held
-- grain: area, district, table
-- people: rows_read, rows_rejected, rows_now, rows_before
-- sql_lab: no_person
-- note: 未采用的表所在的每个区域；这个地区占区域内该表行数超过 5% 的，整个区域未采用，否则区域不含这个地区。区域代码为空是全部 | Every area that a held table concerns. It is held where the district has more than 5% of the area's rows of that table; otherwise it is counted without the district. An empty area code means all areas
with
-- Every area with areas of a district, and, without a code, all areas together.
inside as (
    select distinct
        ancestors.ancestor_code as area_code,
        areas.district,
    from staging.areas as areas
    inner join intermediate.area_ancestors as ancestors
        on areas.area_code = ancestors.area_code
    union all
    select distinct
        null as area_code,
        district,
    from staging.areas
),
-- What a table should hold: the rows that were sent, or those of the last version in use where they were more.
sizes as (
    select
        files.district,
        files.table_name,
        greatest(sum(files.rows_read), coalesce(max(counts.good_rows), 0)) as size,
    from staging.files as files
    left join staging.table_counts as counts
        on files.district = counts.district
        and files.table_name = counts.table_name
    where files.table_name is not null
    group by files.district, files.table_name
),
shares as (
    select
        inside.area_code,
        sizes.district,
        sizes.table_name,
        sizes.size * 100 > 5 * sum(sizes.size) over (partition by inside.area_code, sizes.table_name) as is_held,
    from inside
    inner join sizes
        on inside.district = sizes.district
)
select
    shares.area_code,
    held_tables.district,
    held_tables.district_name,
    held_tables.table_name,
    shares.is_held,
    held_tables.reason,
    held_tables.rows_read,
    held_tables.rows_rejected,
    held_tables.rows_now,
    held_tables.rows_before,
    held_tables.good_date,
from intermediate.held_tables as held_tables
inner join shares
    on held_tables.district = shares.district
    and held_tables.table_name = shares.table_name
