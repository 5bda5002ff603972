-- title: 微心愿完成率 | Micro-wishes granted, in percent
-- short: 微心愿完成率 | Granted
-- unit: percent
-- decimals: 1
-- better: higher
-- over_time: ratio
-- note: 期内上报的微心愿中已完成的 | Granted ÷ raised in the period
select
    100.0 * count(*) filter (where kind = 'micro_wish' and resolved = 1)
        / nullif(count(*) filter (where kind = 'micro_wish'), 0) as value,
    count(*) filter (where kind = 'micro_wish' and resolved = 1) as numerator,
    count(*) filter (where kind = 'micro_wish') as denominator,
from requests
