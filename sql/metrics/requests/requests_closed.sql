-- title: 办结诉求 | Requests closed
-- unit: requests
-- decimals: 0
-- direction: none
-- aggregation: sum
-- month: month_closed
-- note: 不论何时上报，按办结月份 | Whenever raised, by month closed
select
    coalesce(sum(closed), 0) as value,
from request_months
