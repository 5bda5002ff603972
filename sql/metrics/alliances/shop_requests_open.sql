-- title: 未办结的商铺诉求 | Open shop requests
-- short: 未办结诉求 | Open requests
-- unit: requests
-- decimals: 0
-- direction: lower
-- aggregation: sum
-- note: 期内上报、数据截止日尚未办结 | Raised in the period and not closed at the data date
select
    coalesce(sum(requests - closed) filter (where kind = 'shop'), 0) as value,
from request_months
