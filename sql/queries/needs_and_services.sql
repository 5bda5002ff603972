-- title: 需求与供给 | Needs and services
-- grain: dimension, what
-- params: area
-- note: 需求是期内上报的工单，平均到每月；供给是期末在供的服务和月供给量，上级统一提供的也算 | Needs are requests raised in the period, averaged by month; services and monthly capacity are those on offer at the end of the period, including those offered by areas above
with
ends as (
    select max(month) as month
    from community_months
),
-- A period without a start is averaged from the first request.
begins as (
    select
        case
            when min(period_start) < (select min(month) from staging.months) then min(month)
            else min(period_start)
        end as month,
    from requests
),
span as (
    select count(*) as months
    from staging.months as months
    inner join begins
        on months.month >= begins.month
    inner join ends
        on months.month <= ends.month
),
asked as (
    select
        category,
        focus_group,
        count(*) as raised,
        count(*) filter (where resolved = 0) as unmet,
    from requests
    where category is not null
    group by grouping sets ((category), (focus_group))
),
reaching as (
    select services.category, services.focus_group, services.capacity
    from service_months as services
    inner join ends
        on services.month = ends.month
    union all
    -- Services offered by a county reach its communities.
    select services.category, services.focus_group, services.capacity
    from main.service_months as services
    inner join ends
        on services.month = ends.month
    inner join intermediate.area_ancestors as ancestors
        on coalesce(services.community, services.street, services.county, services.city) = ancestors.ancestor_code
    where ancestors.area_code = $area
        and ancestors.distance > 0
),
offered as (
    select
        category,
        focus_group,
        count(*) as services,
        sum(capacity)::bigint as capacity,
    from reaching
    group by grouping sets ((category), (focus_group))
),
both_sides as (
    select
        coalesce(asked.category, offered.category) as category,
        coalesce(asked.focus_group, offered.focus_group) as focus_group,
        coalesce(asked.raised, 0) as raised,
        coalesce(asked.unmet, 0) as unmet,
        coalesce(offered.services, 0) as services,
        coalesce(offered.capacity, 0) as capacity,
    from asked
    full join offered
        on asked.category is not distinct from offered.category
        and asked.focus_group is not distinct from offered.focus_group
)
select
    case when both_sides.category is null then 'focus_group' else 'category' end as dimension,
    coalesce(both_sides.category, both_sides.focus_group) as what,
    both_sides.raised,
    both_sides.unmet,
    1.0 * both_sides.raised / nullif(span.months, 0) as raised_a_month,
    1.0 * both_sides.unmet / nullif(span.months, 0) as unmet_a_month,
    both_sides.services,
    both_sides.capacity,
from both_sides
cross join span
order by dimension, both_sides.raised desc, what
