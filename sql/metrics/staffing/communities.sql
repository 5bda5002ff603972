-- title: 城市社区 | Urban communities
-- short: 城市社区 | Communities
-- unit: communities
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 计入城镇基数的社区 | Communities counted in the urban base
select
    sum(urban_communities) as value,
from community_months
