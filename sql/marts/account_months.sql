-- title: 积分账户的收支（月） | Points accounts with entries by month
-- grain: community, month, month of the entry before; an account of several communities stands alone
-- source_table: points
-- note: 一个时期的活跃账户＝期内有收支、且上一次有收支的月份在期初之前（或没有）的账户，加上在几个社区有收支的账户各一个 | Active accounts in a period = accounts with an entry in the period whose previous entry was before it (or none), plus one for each account with entries in several communities
-- rollup_of: points
with
entries as (
    select
        coalesce(community, street, county, city, province) as area_code,
        account_id,
        month,
        sum(earned)::bigint as earned,
    from points
    group by coalesce(community, street, county, city, province), account_id, month
),
compared as (
    select
        *,
        lag(month) over (partition by account_id order by month, area_code) as previous_month,
        min(area_code) over (partition by account_id) = max(area_code) over (partition by account_id) as is_of_one,
    from entries
),
added_up as (
    select
        area_code,
        month,
        case when is_of_one then previous_month end as previous_month,
        case when not is_of_one then account_id end as account_id,
        count(*) filter (where is_of_one) as accounts,
        sum(earned)::bigint as earned,
    from compared
    group by
        area_code,
        month,
        case when is_of_one then previous_month end,
        case when not is_of_one then account_id end
)
select
    added_up.month,
    date_trunc('year', added_up.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    added_up.previous_month,
    added_up.account_id,
    added_up.accounts,
    added_up.earned,
from added_up
inner join intermediate.area_paths as paths
    on added_up.area_code = paths.area_code
