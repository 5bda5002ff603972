-- title: 各社区的积分 | Points by community
-- grain: community
-- people: accounts, active_accounts
-- note: 期内获得多的在前；没有账户的社区在末 | Most earned in the period first; communities without an account last
with
entries as (
    select
        community,
        coalesce(sum(points) filter (where kind = 'earn'), 0) as earned,
        coalesce(sum(points) filter (where kind = 'redeem'), 0) as redeemed,
    from point_months
    group by community
),
month_ends as (
    select *
    from point_account_months
    qualify month = max(month) over ()
),
communities as (
    select *
    from community_months
    qualify month = max(month) over ()
)
select
    communities.community,
    paths.area_name as community_name,
    month_ends.accounts,
    month_ends.active_accounts,
    communities.households,
    case when month_ends.community is not null then coalesce(entries.earned, 0) end as earned,
    case when month_ends.community is not null then coalesce(entries.redeemed, 0) end as redeemed,
    month_ends.points_outstanding,
from communities
inner join intermediate.area_paths as paths
    on communities.community = paths.area_code
left join month_ends
    on communities.community = month_ends.community
left join entries
    on communities.community = entries.community
order by
    earned desc nulls last,
    month_ends.accounts desc nulls last,
    communities.households desc nulls last,
    communities.community
