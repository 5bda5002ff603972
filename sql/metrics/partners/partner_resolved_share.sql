-- title: 合伙人办结占全部办结 | Partners' share of resolved requests
-- short: 合伙人办结占比 | Partners' share
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- month: month_closed
-- note: 合伙人认领且已解决 ÷ 全部已解决，按办结月份 | Claimed by a partner and resolved ÷ all resolved, by month closed
select
    100.0 * sum(resolved_with_partner) / nullif(sum(resolved), 0) as value,
    sum(resolved_with_partner) as numerator,
    sum(resolved) as denominator,
from request_months
