-- title: 尚未办结的诉求 | Requests still open
-- short: 尚未办结 | Still open
-- unit: requests
-- decimals: 0
-- direction: lower
-- aggregation: sum
-- note: 期内上报，到数据截至日既未办结也未解决，按上报月份 | Raised in the period and neither closed nor resolved by the data date, by month raised
select
    coalesce(sum(still_open), 0) as value,
from request_months
