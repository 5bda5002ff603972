-- title: 供给清单 | Services on offer
-- grain: service
-- note: 期末在供的服务 | On offer at the end of the period
select
    service_months.service_id,
    service_months.partner_id,
    partners.partner_name,
    service_months.partner_kind,
    service_months.category,
    service_months.focus_group,
    coalesce(communities.area_name, streets.area_name, counties.area_name) as area_name,
    service_months.capacity,
    services.since,
from service_months
inner join staging.partner_services as services
    on service_months.service_id = services.service_id
inner join staging.partners as partners
    on service_months.partner_id = partners.partner_id
left join staging.areas as communities
    on service_months.community = communities.area_code
left join staging.areas as streets
    on service_months.street = streets.area_code
left join staging.areas as counties
    on service_months.county = counties.area_code
where service_months.month = (select max(month) from community_months)
order by service_months.category, service_months.capacity desc nulls last, service_months.service_id
