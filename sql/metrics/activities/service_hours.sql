-- title: 服务时长 | Service hours
-- unit: hours
-- decimals: 0
-- direction: higher
-- aggregation: sum
select
    coalesce(sum(hours), 0) as value,
from activity_months
