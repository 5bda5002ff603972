-- title: 未采用的表 | Tables whose numbers are held
-- grain: district, table
-- people: rows_read, rows_rejected, rows_now, rows_before
-- sql_lab: no_person
-- note: 退回的行超过 held_share（5%），或行数比上次采用时少了超过 held_fall（20%）而不是因为离任、撤销 | More than held_share (5%) of the rows were rejected, or more than held_fall (20%) of the rows of the last version in use are gone without having ended
with
data_date as (
    select max(month) as month
    from staging.months
),
-- The topmost areas of each district: their standards apply to its files.
tops as (
    select
        areas.district,
        areas.area_code,
        areas.area_name,
    from staging.areas as areas
    left join staging.areas as parents
        on areas.parent_code = parents.area_code
        and areas.district = parents.district
    where parents.area_code is null
),
limits as (
    select
        tops.district,
        case when count(distinct tops.area_code) = 1 then max(tops.area_name) else tops.district end as district_name,
        coalesce(min(standards.value) filter (where standards.standard = 'held_share'), 5) as held_share,
        coalesce(min(standards.value) filter (where standards.standard = 'held_fall'), 20) as held_fall,
    from tops
    cross join data_date
    left join intermediate.standards_in_force as standards
        on tops.area_code = standards.area_code
        and data_date.month = standards.month
        and standards.standard in ('held_share', 'held_fall')
    group by tops.district
),
-- Of a file that could not be read the last good rows are in use.
received as (
    select
        district,
        table_name,
        sum(rows_read)::bigint as rows_read,
        sum(rows_rejected)::bigint as rows_rejected,
    from staging.files
    where table_name is not null
        and status = 'loaded'
    group by district, table_name
),
compared as (
    select
        received.district,
        limits.district_name,
        received.table_name,
        received.rows_read,
        received.rows_rejected,
        coalesce(counts.standing_rows, 0) as rows_now,
        counts.good_rows as rows_before,
        counts.good_date,
        100 * received.rows_rejected > limits.held_share * received.rows_read as is_rejected,
        -- An end may be entered months later, and a file may leave out those who left long ago.
        100 * (
            counts.good_rows
            - coalesce(counts.standing_rows, 0)
            - greatest(counts.ended_rows - counts.good_ended_rows, counts.ended_since_rows, 0)
        ) > limits.held_fall * counts.good_rows as is_fallen,
    from received
    inner join limits
        on received.district = limits.district
    left join staging.table_counts as counts
        on received.district = counts.district
        and received.table_name = counts.table_name
    -- Areas and standards are no rows that a number counts.
    where received.table_name not in ('areas', 'standards', 'shapes')
)
select
    district,
    district_name,
    table_name,
    case when is_rejected then 'rejected' else 'fallen' end as reason,
    rows_read,
    rows_rejected,
    rows_now,
    rows_before,
    good_date,
from compared
where is_rejected
    or is_fallen
