-- title: 商铺诉求解决率 | Shop-alliance resolution rate
-- short: 商铺解决率 | Shop resolution
-- unit: percent
-- decimals: 2
-- better: higher
-- over_time: ratio
-- note: 按上报月份 | By the month raised
select
    100.0 * count(*) filter (where kind = 'shop' and resolved = 1) / nullif(count(*) filter (where kind = 'shop'), 0) as value,
    count(*) filter (where kind = 'shop' and resolved = 1) as numerator,
    count(*) filter (where kind = 'shop') as denominator,
from requests
