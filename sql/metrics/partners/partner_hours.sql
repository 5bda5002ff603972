-- title: 合伙人服务时长 | Partners' service hours
-- unit: hours
-- decimals: 0
-- direction: higher
-- aggregation: sum
select
    coalesce(sum(partner_hours), 0) as value,
from activity_months
