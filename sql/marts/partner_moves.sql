-- title: 合伙人加入与退出 | Partners joining and leaving
-- grain: partner, move
-- sql_lab: no_person
-- source_table: partners
-- incremental_on: partners.joined_on, partners.left_on, months.month
with
data_date as (
    select max(observed_on) as observed_on
    from staging.months
),
moves as (
    select
        partner_id,
        sector as partner_sector,
        kind as partner_kind,
        area_code,
        'join' as move,
        joined_on as moved_on,
        null as exit_reason,
    from staging.partners
    union all
    select
        partner_id,
        sector as partner_sector,
        kind as partner_kind,
        area_code,
        'leave' as move,
        left_on as moved_on,
        exit_reason,
    from staging.partners
    where left_on is not null
)
select
    date_trunc('month', moves.moved_on)::date as month,
    date_trunc('year', moves.moved_on)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    moves.partner_id,
    moves.partner_sector,
    moves.partner_kind,
    moves.move,
    moves.moved_on,
    moves.exit_reason,
from moves
cross join data_date
inner join intermediate.area_paths as paths
    on moves.area_code = paths.area_code
where moves.moved_on <= data_date.observed_on
