-- title: 荣誉 | Honours
-- grain: honour
-- source_table: honours
-- incremental_on: honours.awarded_on, months.month
with
data_date as (
    select max(observed_on) as observed_on
    from staging.months
)
select
    date_trunc('month', honours.awarded_on)::date as month,
    date_trunc('year', honours.awarded_on)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    honours.honour_id,
    honours.recipient_id,
    partners.partner_id,
    partners.sector as partner_sector,
    partners.kind as partner_kind,
    honours.title as honour,
    honours.awarded_on,
from staging.honours as honours
cross join data_date
-- A recipient may be a partner, a post-holder or a worker.
left join staging.partners as partners
    on honours.recipient_id = partners.partner_id
inner join intermediate.area_paths as paths
    on honours.community_code = paths.area_code
where honours.awarded_on <= data_date.observed_on
