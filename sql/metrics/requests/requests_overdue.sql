-- title: 逾期未办结的诉求 | Open requests past due
-- short: 逾期未办结 | Open past due
-- unit: requests
-- decimals: 0
-- direction: lower
-- aggregation: sum
-- note: 尚未办结者中，时限已在数据截至日前到期的，按上报月份 | Of those still open, those whose due time has passed by the data date, by the month raised
select
    coalesce(sum(overdue), 0) as value,
from request_months
