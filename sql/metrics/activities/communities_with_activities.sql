-- title: 开展活动的社区 | Communities with an activity
-- unit: communities
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- note: 期内至少有一次活动的社区；街道、区县一级的活动不计入社区 | Communities with at least one activity in the period; activities held by a subdistrict or county do not count for a community
select
    count(distinct community) as value,
from activity_months
