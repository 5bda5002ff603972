-- title: 服务时长 | Service hours
-- unit: hours
-- decimals: 0
-- better: higher
-- over_time: sum
select
    coalesce(sum(hours), 0) as value,
from activity_months
