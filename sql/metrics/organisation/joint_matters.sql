-- title: 共建事项 | Joint matters agreed
-- unit: requests
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- note: 按上报月份 | By month raised
select
    coalesce(sum(requests) filter (where kind = 'joint_matter'), 0) as value,
from request_months
