-- title: 议事协商的诉求 | Requests deliberated
-- short: 议事协商 | Deliberated
-- unit: requests
-- decimals: 0
-- direction: none
-- aggregation: sum
-- note: 有议事或定事时间的，按上报月份 | Those with a time of discussion or decision, by the month raised
select
    coalesce(sum(deliberated), 0) as value,
from request_months
