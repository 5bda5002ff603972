-- title: 城镇常住人口 | Urban residents
-- short: 城镇人口 | Urban residents
-- unit: residents
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 城镇社区最近一次人口统计之和 | Sum of each urban community's latest count
select
    sum(urban_residents) as value,
from community_months
