-- title: 服务活动 | Service activities
-- short: 服务活动 | Service activities
-- unit: times
-- decimals: 0
-- direction: higher
-- aggregation: sum
select
    coalesce(sum(activities) filter (where kind = 'service'), 0) as value,
from activity_months
