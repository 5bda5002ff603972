-- title: 合伙人（月） | Partners at each month's end, counted by what they are
-- grain: area, month, partner_sector, partner_kind, recruited_via, admitted_by, has_party_org
-- counts: partners
with
counted as (
    select
        months.month,
        partners.area_code,
        partners.sector as partner_sector,
        partners.kind as partner_kind,
        partners.recruited_via,
        partners.admitted_by,
        partners.has_party_org,
        count(*) as partners,
        sum(coalesce(partners.members, 0))::bigint as members,
    from staging.partners as partners
    inner join staging.months as months
        on partners.joined_on <= months.observed_on
        and (partners.left_on is null or partners.left_on > months.observed_on)
    group by
        months.month,
        partners.area_code,
        partners.sector,
        partners.kind,
        partners.recruited_via,
        partners.admitted_by,
        partners.has_party_org
)
select
    counted.month,
    date_trunc('year', counted.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    counted.partner_sector,
    counted.partner_kind,
    counted.recruited_via,
    counted.admitted_by,
    counted.has_party_org,
    counted.partners,
    counted.members,
from counted
inner join bases.area_paths as paths
    on counted.area_code = paths.area_code
