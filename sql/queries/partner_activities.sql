-- title: 合伙人的活动 | Partner activities
-- grain: activity
-- people: participants, beneficiaries
-- note: 最近的在前 | Latest first
select
    activities.activity_id,
    activities.partner_id,
    partners.partner_name,
    activities.started_at,
    activities.kind,
    activities.title,
    coalesce(communities.area_name, streets.area_name, counties.area_name) as area_name,
    activities.participants,
    activities.beneficiaries,
    activities.hours,
from activities
inner join staging.partners as partners
    on activities.partner_id = partners.partner_id
left join staging.areas as communities
    on activities.community = communities.area_code
left join staging.areas as streets
    on activities.street = streets.area_code
left join staging.areas as counties
    on activities.county = counties.area_code
order by activities.started_at desc, activities.activity_id
