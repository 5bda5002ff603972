-- title: 沉寂的合伙人 | Inactive partners
-- grain: partner
-- note: 期末在册、加入满半年，近 6 个月没有认领、办结、活动或评价；最久的在前 | Partners for at least six months at the end of the period, with no claim, resolution, activity or rating in the last 6 months; longest inactive first
with
-- Areas and types with inactive partners in the last month of the scope.
quiet_groups as (
    select distinct
        month,
        county,
        street,
        community,
        partner_sector,
        partner_kind,
    from partner_months
    where is_quiet
        and month = (select max(month) from community_months)
),
-- Partners may act outside the area they are registered in.
heard_of as (
    select partner_id, month
    from main.partner_contributions
    union all
    select partner_id, month
    from main.partner_ratings
),
present as (
    select
        partners.partner_id,
        partners.partner_name,
        partners.sector as partner_sector,
        partners.kind as partner_kind,
        paths.area_name,
        partners.joined_on,
        quiet_groups.month,
        (
            select max(heard_of.month)
            from heard_of
            where heard_of.partner_id = partners.partner_id
                and heard_of.month <= quiet_groups.month
        ) as last_heard_in,
    from quiet_groups
    inner join intermediate.area_paths as paths
        on quiet_groups.county = paths.county
        and quiet_groups.street is not distinct from paths.street
        and quiet_groups.community is not distinct from paths.community
    inner join staging.partners as partners
        on paths.area_code = partners.area_code
        and quiet_groups.partner_sector = partners.sector
        and quiet_groups.partner_kind = partners.kind
    inner join staging.months as months
        on quiet_groups.month = months.month
        and partners.joined_on <= months.observed_on
        and (partners.left_on is null or partners.left_on > months.observed_on)
)
select
    partner_id,
    partner_name,
    partner_sector,
    partner_kind,
    area_name,
    joined_on,
    last_heard_in,
from present
where coalesce(last_heard_in, date_trunc('month', joined_on)) <= month - interval 6 month
    and date_trunc('month', joined_on) <= month - interval 6 month
order by last_heard_in nulls first, joined_on, partner_id
