-- title: 议事协商的诉求 | Requests deliberated
-- short: 议事协商 | Deliberated
-- unit: requests
-- decimals: 0
-- direction: none
-- aggregation: sum
-- note: 有议事或定事时间的，按上报月份 | Requests with a discussion or decision time, by month raised
select
    coalesce(sum(deliberated), 0) as value,
from request_months
