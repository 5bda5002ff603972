-- title: 组织体系层级 | Tiers of the organisation
-- unit: tiers
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 县委、乡镇党委、社区党组织、党支部、党员中心户中有几级 | How many of the five tiers exist: county, subdistrict, community, branch and focal household
select
    count(distinct tier) as value,
from organisation_months
