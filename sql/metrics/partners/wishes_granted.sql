-- title: 完成微心愿 | Micro-wishes granted
-- unit: requests
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- month: month_closed
-- note: 已解决，按办结月份 | Resolved, by month closed
select
    coalesce(sum(resolved) filter (where kind = 'micro_wish'), 0) as value,
from request_months
