-- title: 逾期未办结的诉求 | Overdue open requests
-- short: 逾期未办结 | Open and overdue
-- unit: requests
-- decimals: 0
-- direction: lower
-- aggregation: sum
-- note: 尚未办结者中，时限已在数据截至日前到期的，按上报月份 | Open requests whose due time has passed by the data date, by month raised
select
    coalesce(sum(overdue), 0) as value,
from request_months
