-- title: 合伙人贡献（月） | Partner contributions by month
-- grain: partner, month, area
-- people: beneficiaries
-- sql_lab: no_person
-- source_table: partners
-- note: 认领按认领月份，解决按办结月份，活动按开始月份；区域是工单或活动所在地 | Claims count in the month claimed, resolutions in the month closed, activities in the month started; the area is that of the request or activity
-- incremental_on: requests.claimed_at, requests.closed_at, activities.started_at, months.month
with
data_date as (
    select max(observed_on) + interval 1 day as next_day
    from staging.months
),
claims as (
    select
        requests.partner_id,
        requests.area_code,
        date_trunc('month', requests.claimed_at)::date as month,
        1 as claimed,
        0 as resolved,
        0 as activities,
        null as hours,
        null as beneficiaries,
    from staging.requests as requests
    inner join data_date
        on requests.claimed_at < data_date.next_day
),
resolutions as (
    select
        requests.partner_id,
        requests.area_code,
        date_trunc('month', requests.closed_at)::date as month,
        0 as claimed,
        1 as resolved,
        0 as activities,
        null as hours,
        null as beneficiaries,
    from staging.requests as requests
    inner join data_date
        on requests.closed_at < data_date.next_day
    where requests.is_resolved
),
held as (
    select
        activities.partner_id,
        activities.area_code,
        date_trunc('month', activities.started_at)::date as month,
        0 as claimed,
        0 as resolved,
        1 as activities,
        activities.hours,
        activities.beneficiaries,
    from staging.activities as activities
    inner join data_date
        on activities.started_at < data_date.next_day
),
everything as (
    select * from claims
    union all
    select * from resolutions
    union all
    select * from held
),
added_up as (
    select
        partner_id,
        area_code,
        month,
        sum(claimed)::bigint as claimed,
        sum(resolved)::bigint as resolved,
        sum(activities)::bigint as activities,
        sum(hours) as hours,
        sum(beneficiaries)::bigint as beneficiaries,
    from everything
    where partner_id is not null
    group by partner_id, area_code, month
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
    added_up.partner_id,
    partners.sector as partner_sector,
    partners.kind as partner_kind,
    added_up.claimed,
    added_up.resolved,
    added_up.activities,
    added_up.hours,
    added_up.beneficiaries,
from added_up
inner join staging.partners as partners
    on added_up.partner_id = partners.partner_id
inner join intermediate.area_paths as paths
    on added_up.area_code = paths.area_code
