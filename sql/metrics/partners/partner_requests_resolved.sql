-- title: 合伙人办结诉求 | Requests resolved by partners
-- short: 合伙人办结 | Resolved
-- unit: requests
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- month: month_closed
-- note: 合伙人认领且已解决，按办结月份 | Claimed by a partner and resolved, by month closed
select
    coalesce(sum(resolved_with_partner), 0) as value,
from request_months
