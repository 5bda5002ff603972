-- title: 服务活动 | Service activities
-- short: 服务活动 | Service activities
-- unit: times
-- decimals: 0
-- better: higher
-- over_time: sum
select
    count(*) filter (where kind = 'service') as value,
from activities
