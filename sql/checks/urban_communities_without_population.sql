-- title: 缺人口基数 | Urban communities without a population count
-- severity: warn
-- people: workers
-- fix: 在人口文件里补上这些社区；在此之前它们不计入每万人配备 | Add these communities to the population file; until then they are excluded from the staffing ratio
select
    communities.community as area_code,
    paths.area_name as community_name,
    communities.workers,
from community_months as communities
inner join intermediate.area_paths as paths
    on communities.community = paths.area_code
where communities.communities_without_population = 1
    and communities.month = (select max(month) from staging.months)
order by area_code
