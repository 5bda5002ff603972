-- title: 缺人口基数的社区 | Communities without a population count
-- grain: community
-- people: workers
select
    community_months.community,
    paths.area_name as community_name,
    community_months.workers,
from community_months
inner join intermediate.area_paths as paths
    on community_months.community = paths.area_code
where community_months.communities_without_population = 1
qualify community_months.month = max(community_months.month) over ()
order by community_months.workers desc, community_months.community
