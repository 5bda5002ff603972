-- title: 未满足的需求 | Unmet needs
-- unit: requests
-- decimals: 0
-- direction: lower
-- aggregation: sum
-- note: 期内上报而尚未解决 | Raised in the period and not resolved
select
    coalesce(sum(requests - resolved), 0) as value,
from request_months
