-- title: 诉求解决率 | Resolution rate
-- short: 诉求解决 | Resolved
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- note: 已解决 ÷ 全部，按上报月份；最近的月份还没来得及办结，不与以前相比 | Resolved ÷ all, by month raised. The latest months have had less time, so they do not compare with earlier ones
select
    100.0 * sum(resolved) / nullif(sum(requests), 0) as value,
    sum(resolved) as numerator,
    sum(requests) as denominator,
from request_months
