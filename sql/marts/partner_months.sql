-- title: 合伙人（月） | Partners at each month's end
-- grain: partner, month
-- counts: partners
select
    months.month,
    date_trunc('year', months.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    partners.partner_id,
    partners.sector,
    partners.kind,
    partners.recruited_via,
    partners.admitted_by,
    partners.zone_id,
    partners.has_party_org,
    coalesce(partners.members, 0) as members,
from staging.partners as partners
inner join staging.months as months
    on partners.joined_on <= months.observed_on
    and (partners.left_on is null or partners.left_on > months.observed_on)
inner join bases.area_paths as paths
    on partners.area_code = paths.area_code
