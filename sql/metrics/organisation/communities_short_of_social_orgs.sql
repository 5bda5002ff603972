-- title: 社会组织不足的社区 | Communities short of social organisations
-- short: 社会组织不足 | Short of social orgs
-- unit: communities
-- decimals: 0
-- direction: lower
-- aggregation: latest
-- note: 社会组织少于标准的城镇社区 | Urban communities with fewer than the standard
select
    sum(
        case
            when not is_urban or social_orgs is null or social_orgs_standard is null then null
            when social_orgs < social_orgs_standard then 1
            else 0
        end
    ) as value,
    0 as standard,
from community_months
