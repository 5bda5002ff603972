-- title: 常住人口 | Residents
-- unit: residents
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 社区最近一次人口统计之和 | Sum of each community's latest population count
select
    sum(residents) as value,
from community_months
