-- title: 微心愿 | Micro-wishes raised
-- unit: requests
-- decimals: 0
-- direction: none
-- aggregation: sum
-- note: 按上报月份 | By month raised
select
    coalesce(sum(requests) filter (where kind = 'micro_wish'), 0) as value,
from request_months
