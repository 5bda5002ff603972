-- title: 商铺诉求解决率 | Shop request resolution rate
-- short: 商铺解决率 | Shop resolution
-- unit: percent
-- decimals: 2
-- direction: higher
-- aggregation: ratio
-- note: 已解决 ÷ 全部，按上报月份；最近的月份还没来得及办结，不与以前相比 | Resolved ÷ all, by month raised. The latest months have had less time, so they do not compare with earlier ones
select
    100.0 * sum(resolved) filter (where kind = 'shop') / nullif(sum(requests) filter (where kind = 'shop'), 0) as value,
    coalesce(sum(resolved) filter (where kind = 'shop'), 0) as numerator,
    coalesce(sum(requests) filter (where kind = 'shop'), 0) as denominator,
from request_months
