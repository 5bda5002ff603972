-- title: 合伙人认领的工单 | Requests claimed by partners
-- grain: request
-- note: 期内上报，最近的在前 | Raised in the period, latest first
select
    requests.request_id,
    requests.partner_id,
    partners.partner_name,
    requests.kind,
    requests.category,
    requests.focus_group,
    coalesce(communities.area_name, streets.area_name, counties.area_name) as area_name,
    requests.raised_at,
    requests.claimed_at,
    requests.closed_at,
    requests.resolved = 1 as is_resolved,
    requests.satisfaction,
from requests
inner join staging.partners as partners
    on requests.partner_id = partners.partner_id
left join staging.areas as communities
    on requests.community = communities.area_code
left join staging.areas as streets
    on requests.street = streets.area_code
left join staging.areas as counties
    on requests.county = counties.area_code
order by requests.raised_at desc, requests.request_id
