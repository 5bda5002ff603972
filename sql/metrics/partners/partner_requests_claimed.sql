-- title: 合伙人认领诉求 | Requests claimed by partners
-- short: 合伙人认领 | Claimed
-- unit: requests
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- month: month_claimed
-- note: 合伙人认领，按认领月份 | Claimed by a partner, by month claimed
select
    coalesce(sum(with_partner), 0) as value,
from request_months
