-- title: 每个社区最少社会组织 | Fewest social organisations in a community
-- short: 每社区社会组织 | Social orgs
-- unit: partners
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 各城镇社区中最少者，没有的社区为 0；登记在街道以上的不计入社区；各社区标准相同时才有标准 | The lowest count in any urban community, 0 where there are none; organisations registered above community level are not counted. It has a standard where all communities have the same
select
    min(social_orgs) filter (where is_urban) as value,
    case
        when count(social_orgs_standard) filter (where is_urban) = count(*) filter (where is_urban)
            and min(social_orgs_standard) filter (where is_urban) = max(social_orgs_standard) filter (where is_urban)
            then max(social_orgs_standard) filter (where is_urban)
    end as standard,
    case
        when count(social_orgs_recommended) filter (where is_urban) = count(*) filter (where is_urban)
            and min(social_orgs_recommended) filter (where is_urban)
                = max(social_orgs_recommended) filter (where is_urban)
            then max(social_orgs_recommended) filter (where is_urban)
    end as recommended,
from community_months
