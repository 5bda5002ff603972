-- title: 有人要、没人给 | Needs with no provider
-- grain: category, focus_group
-- params: area
-- note: 期内有人提出，期末没有针对这类对象、也没有不限对象的在供服务（含上级统一提供的） | Raised in the period, with no service on offer at its end for that group or for everyone, including from areas above
with
ends as (
    select max(month) as month
    from community_months
),
asked as (
    select
        category,
        focus_group,
        count(*) as raised,
        count(*) filter (where resolved = 0) as unmet,
        count(distinct community) as communities,
        max(raised_at) as last_raised_at,
    from requests
    where category is not null
    group by category, focus_group
),
reaching as (
    select services.category, services.focus_group
    from service_months as services
    inner join ends
        on services.month = ends.month
    union all
    select services.category, services.focus_group
    from main.service_months as services
    inner join ends
        on services.month = ends.month
    inner join intermediate.area_ancestors as ancestors
        on coalesce(services.community, services.street, services.county, services.city) = ancestors.ancestor_code
    where ancestors.area_code = $area
        and ancestors.distance > 0
)
select
    asked.category,
    asked.focus_group,
    asked.raised,
    asked.unmet,
    asked.communities,
    asked.last_raised_at,
from asked
where not exists (
    select 1
    from reaching
    where reaching.category = asked.category
        and reaching.focus_group in (asked.focus_group, 'none')
)
order by asked.unmet desc, asked.raised desc, asked.category, asked.focus_group
