-- title: 诉求 | Requests raised
-- unit: requests
-- decimals: 0
-- direction: none
-- aggregation: sum
-- note: 按上报月份 | By month raised
select
    coalesce(sum(requests), 0) as value,
from request_months
