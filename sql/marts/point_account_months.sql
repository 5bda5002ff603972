-- title: 积分账户（月） | Points accounts at month end
-- grain: community, month
-- source_table: points
-- column_sources: population (households)
-- note: 从该地区第一笔积分起；月末以表中全部收支累计 | Starts with a district's first entry; month-end balances sum all entries to date
-- incremental_on: points.on_date onward, community_months.month, months.month
with
data_date as (
    select max(observed_on) as observed_on
    from staging.months
),
-- Before a district's first entry there was no points scheme.
first_months as (
    select
        paths.district,
        min(date_trunc('month', points.on_date)::date) as month,
    from staging.points as points
    inner join intermediate.area_paths as paths
        on points.community_code = paths.area_code
    group by paths.district
),
communities as (
    select
        months.month,
        paths.province,
        paths.city,
        paths.county,
        paths.street,
        paths.community,
        paths.place,
    from intermediate.area_paths as paths
    inner join first_months
        on paths.district = first_months.district
    inner join staging.months as months
        on first_months.month <= months.month
    where paths.level = 'community'
),
entries as (
    select
        points.community_code,
        points.account_id,
        date_trunc('month', points.on_date)::date as month,
        sum(case when points.kind = 'earn' then points.points else -points.points end) as points_added,
    from staging.points as points
    cross join data_date
    where points.on_date <= data_date.observed_on
    group by points.community_code, points.account_id, date_trunc('month', points.on_date)
),
-- An account is active for a year from each month with an entry, or until the next such month takes over.
spans as (
    select
        *,
        least(
            (month + interval 12 month)::date,
            lead(month, 1, date '9999-12-01') over (partition by community_code, account_id order by month)
        ) as active_until,
        row_number() over (partition by community_code, account_id order by month) = 1 as is_first,
    from entries
),
active_at_month_end as (
    select
        months.month,
        spans.community_code,
        count(*) as active_accounts,
    from spans
    inner join staging.months as months
        on spans.month <= months.month
        and spans.active_until > months.month
    group by months.month, spans.community_code
),
added as (
    select
        month,
        community_code,
        count(*) filter (where is_first) as accounts_opened,
        sum(points_added) as points_added,
    from spans
    group by month, community_code
),
held_at_month_end as (
    select
        months.month,
        added.community_code,
        sum(added.accounts_opened) as accounts,
        sum(added.points_added) as points_outstanding,
    from added
    inner join staging.months as months
        on added.month <= months.month
    group by months.month, added.community_code
)
select
    communities.month,
    date_trunc('year', communities.month)::date as period_start,
    communities.province,
    communities.city,
    communities.county,
    communities.street,
    communities.community,
    communities.place,
    coalesce(held_at_month_end.accounts, 0)::bigint as accounts,
    coalesce(active_at_month_end.active_accounts, 0) as active_accounts,
    coalesce(held_at_month_end.points_outstanding, 0)::bigint as points_outstanding,
    community_months.households,
from communities
left join held_at_month_end
    on communities.community = held_at_month_end.community_code
    and communities.month = held_at_month_end.month
left join active_at_month_end
    on communities.community = active_at_month_end.community_code
    and communities.month = active_at_month_end.month
left join community_months
    on communities.community = community_months.community
    and communities.month = community_months.month
