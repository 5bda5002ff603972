-- title: 商铺诉求解决率 | Shop request resolution rate
-- short: 商铺解决率 | Shop resolution
-- unit: percent
-- decimals: 2
-- direction: higher
-- aggregation: ratio
-- note: 按上报月份 | By month raised
select
    100.0 * sum(resolved) filter (where kind = 'shop') / nullif(sum(requests) filter (where kind = 'shop'), 0) as value,
    coalesce(sum(resolved) filter (where kind = 'shop'), 0) as numerator,
    coalesce(sum(requests) filter (where kind = 'shop'), 0) as denominator,
from request_months
