-- title: 各社区的社会组织 | Social organisations by community
-- grain: community
-- people: members
-- note: 少的在前 | Fewest first
with
period_end as (
    select max(month) as month
    from community_months
),
members_by_community as (
    select
        partner_months.community,
        sum(partner_months.members)::bigint as members,
    from partner_months
    inner join period_end
        on partner_months.month = period_end.month
    where partner_months.partner_kind = 'social_org'
    group by partner_months.community
)
select
    community_months.community,
    paths.area_name as community_name,
    above.area_name as street_name,
    community_months.social_orgs::bigint as social_orgs,
    members_by_community.members,
    community_months.social_orgs_standard,
    community_months.social_orgs_recommended,
    community_months.social_orgs >= community_months.social_orgs_standard as meets_standard,
    case
        when community_months.social_orgs_standard is not null
            then greatest(community_months.social_orgs_standard - community_months.social_orgs, 0)::bigint
    end as missing,
from community_months
inner join period_end
    on community_months.month = period_end.month
inner join intermediate.area_paths as paths
    on community_months.community = paths.area_code
left join intermediate.area_paths as above
    on community_months.street = above.area_code
left join members_by_community
    on community_months.community = members_by_community.community
where community_months.is_urban
    and community_months.social_orgs is not null
order by social_orgs, community_months.community
