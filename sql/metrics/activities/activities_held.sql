-- title: 活动 | Activities
-- unit: times
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- note: 各类活动合计，按开始时间计 | All types of activity, by start date
select
    coalesce(sum(activities), 0) as value,
from activity_months
