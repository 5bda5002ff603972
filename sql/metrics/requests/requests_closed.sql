-- title: 期内办结的诉求 | Requests closed in the period
-- short: 期内办结 | Closed in period
-- unit: requests
-- decimals: 0
-- direction: none
-- aggregation: sum
-- month: month_closed
-- note: 不论何时上报，按办结月份 | Whenever raised, by month closed
select
    coalesce(sum(closed), 0) as value,
from request_months
