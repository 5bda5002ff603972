-- title: 联席会议事项 | Issues of joint meetings
-- grain: request
-- note: 期内上报；没有解决的在前，等得久的在前 | Raised in the period; unresolved first, longest waiting first
select
    requests.request_id,
    requests.partner_id,
    partners.partner_name,
    requests.category,
    coalesce(communities.area_name, streets.area_name, counties.area_name) as area_name,
    requests.raised_at,
    requests.closed_at,
    requests.resolved = 1 as is_resolved,
from requests
left join staging.partners as partners
    on requests.partner_id = partners.partner_id
left join staging.areas as communities
    on requests.community = communities.area_code
left join staging.areas as streets
    on requests.street = streets.area_code
left join staging.areas as counties
    on requests.county = counties.area_code
where requests.kind = 'joint_meeting'
order by requests.resolved, requests.raised_at, requests.request_id
