-- title: 供给清单（月） | Services offered at month end
-- grain: service, month
-- sql_lab: no_person
-- source_table: partner_services
-- incremental_on: months.month
select
    months.month,
    date_trunc('year', months.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    services.service_id,
    services.partner_id,
    partners.kind as partner_kind,
    partners.sector as partner_sector,
    services.category,
    coalesce(services.focus_group, 'none') as focus_group,
    services.capacity,
from staging.partner_services as services
inner join staging.months as months
    on services.since <= months.observed_on
    and (services.until is null or services.until > months.observed_on)
left join staging.partners as partners
    on services.partner_id = partners.partner_id
inner join intermediate.area_paths as paths
    on services.area_code = paths.area_code
