-- title: 各合伙人的贡献 | Contribution by partner
-- grain: partner
-- people: beneficiaries
-- note: 期内在本区域有认领、办结、活动或评价的合伙人；认领按认领月份，办结按办结月份 | Partners with a claim, resolution, activity or rating here in the period; claims by month claimed, resolutions by month closed
with
given as (
    select
        partner_id,
        sum(claimed)::bigint as claimed,
        sum(resolved)::bigint as resolved,
        sum(activities)::bigint as activities,
        sum(hours) as hours,
        sum(beneficiaries)::bigint as beneficiaries,
    from partner_contributions
    group by partner_id
),
rated as (
    select
        partner_id,
        1.0 * sum(resident_score) / count(*) as resident_score,
        1.0 * sum(community_score) / count(*) as community_score,
        1.0 * sum(industry_score) / count(*) as industry_score,
    from partner_ratings
    group by partner_id
),
honoured as (
    select
        partner_id,
        count(*) as honours,
    from honours
    where partner_id is not null
    group by partner_id
),
known as (
    select partner_id from given
    union
    select partner_id from rated
)
select
    known.partner_id,
    partners.partner_name,
    partners.sector as partner_sector,
    partners.kind as partner_kind,
    paths.area_name,
    partners.joined_on,
    coalesce(given.claimed, 0) as claimed,
    coalesce(given.resolved, 0) as resolved,
    coalesce(given.activities, 0) as activities,
    coalesce(given.hours, 0) as hours,
    coalesce(given.beneficiaries, 0) as beneficiaries,
    rated.resident_score,
    rated.community_score,
    rated.industry_score,
    coalesce(honoured.honours, 0) as honours,
from known
inner join staging.partners as partners
    on known.partner_id = partners.partner_id
inner join intermediate.area_paths as paths
    on partners.area_code = paths.area_code
left join given
    on known.partner_id = given.partner_id
left join rated
    on known.partner_id = rated.partner_id
left join honoured
    on known.partner_id = honoured.partner_id
order by resolved desc, activities desc, beneficiaries desc, known.partner_id
