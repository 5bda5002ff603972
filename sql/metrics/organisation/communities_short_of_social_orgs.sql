-- title: 社会组织不足的社区 | Communities short of social organisations
-- short: 社会组织不足 | Short of social orgs
-- unit: communities
-- decimals: 0
-- direction: lower
-- aggregation: latest
-- note: 社会组织少于标准的城镇社区；没有约束性标准的不算 | Urban communities with fewer than the standard; those without a required standard are not counted
-- standard: social_orgs_per_community
-- needs_standard: yes
select
    sum(
        case
            when not is_urban or social_orgs is null or social_orgs_standard is null then null
            when social_orgs < social_orgs_standard then 1
            else 0
        end
    ) as value,
    case when count(social_orgs_standard) filter (where is_urban) > 0 then 0 end as standard,
from community_months
