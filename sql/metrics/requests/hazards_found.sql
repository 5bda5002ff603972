-- title: 排查安全隐患 | Safety hazards found
-- unit: requests
-- decimals: 0
-- direction: none
-- aggregation: sum
-- note: 按上报月份 | By month raised
select
    coalesce(sum(requests) filter (where kind = 'hazard'), 0) as value,
from request_months
