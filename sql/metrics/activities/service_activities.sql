-- title: 服务活动 | Service activities
-- short: 服务活动 | Service activities
-- unit: times
-- decimals: 0
-- better: higher
-- over_time: sum
select
    coalesce(sum(activities) filter (where kind = 'service'), 0) as value,
from activity_months
