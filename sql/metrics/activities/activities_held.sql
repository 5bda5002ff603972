-- title: 活动 | Activities
-- unit: times
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- note: 各类活动合计，按开始时间计 | Activities of every kind, by when they began
select
    coalesce(sum(activities), 0) as value,
from activity_months
