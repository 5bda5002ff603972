-- title: 合伙人评价 | Partner ratings
-- grain: partner, quarter
-- sql_lab: no_person
-- source_table: partner_ratings
-- incremental_on: months.month
with
data_month as (
    select max(month) as month
    from staging.months
),
-- A quarter's ratings are dated to its last month.
rated as (
    select
        *,
        make_date(left(quarter, 4)::integer, 3 * right(quarter, 1)::integer, 1) as month,
    from staging.partner_ratings
)
select
    rated.month,
    date_trunc('year', rated.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    rated.partner_id,
    partners.sector as partner_sector,
    partners.kind as partner_kind,
    rated.resident_score,
    rated.community_score,
    rated.industry_score,
from rated
inner join data_month
    on rated.month <= data_month.month
inner join staging.partners as partners
    on rated.partner_id = partners.partner_id
inner join intermediate.area_paths as paths
    on partners.area_code = paths.area_code
