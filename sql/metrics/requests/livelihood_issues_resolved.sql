-- title: 解决民生问题 | Livelihood issues resolved
-- unit: requests
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- month: month_closed
-- note: 已解决，按办结月份 | Resolved, by month closed
select
    coalesce(sum(resolved) filter (where kind = 'livelihood'), 0) as value,
from request_months
