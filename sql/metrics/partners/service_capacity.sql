-- title: 每月供给量 | Monthly capacity of services offered
-- short: 月供给量 | Monthly capacity
-- unit: times
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 期末在供的服务项的月供给量之和 | Total monthly capacity of services on offer at the end of the period
select
    coalesce(sum(capacity), 0) as value,
from service_months
