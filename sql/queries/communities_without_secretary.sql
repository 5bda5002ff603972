-- title: 没有社区正职的社区 | Communities without a secretary
-- grain: community
-- people: workers
-- note: 已报名册、期末没有在岗正职的社区 | Communities with a roster but no secretary in post at the end of the period
with
month_end as (
    select max(month) as month
    from community_months
),
secretaries as (
    select distinct
        month,
        community,
    from worker_months
    where post = 'secretary'
)
select
    community_months.community,
    communities.area_name as community_name,
    streets.area_name as street_name,
    community_months.is_urban,
    community_months.workers,
from community_months
inner join month_end
    on community_months.month = month_end.month
inner join intermediate.area_paths as communities
    on community_months.community = communities.area_code
left join intermediate.area_paths as streets
    on communities.parent_code = streets.area_code
left join secretaries
    on community_months.community = secretaries.community
    and community_months.month = secretaries.month
where community_months.workers is not null
    and secretaries.community is null
order by community_months.workers desc, community_months.community
