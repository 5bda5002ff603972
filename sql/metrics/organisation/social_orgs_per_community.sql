-- title: 每个社区最少社会组织 | Fewest social organisations in a community
-- short: 每社区社会组织 | Social orgs
-- unit: partners
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 各城镇社区中最少者，没有的社区为 0；登记在街道以上的不计入社区 | The lowest count in any urban community, 0 where there are none; organisations registered above community level are not counted
select
    min(social_orgs) filter (where is_urban) as value,
    max(social_orgs_standard) filter (where is_urban) as standard,
from community_months
