-- title: 常住人口 | Residents
-- unit: residents
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 社区最近一次人口统计之和 | The last population count of each community, added up
select
    sum(residents) as value,
from community_months
