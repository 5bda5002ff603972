-- title: 微心愿完成率 | Share of micro-wishes granted
-- short: 微心愿完成率 | Granted
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- note: 期内上报的微心愿中已完成的 | Granted ÷ raised in the period
select
    100.0 * sum(resolved) filter (where kind = 'micro_wish')
        / nullif(sum(requests) filter (where kind = 'micro_wish'), 0) as value,
    coalesce(sum(resolved) filter (where kind = 'micro_wish'), 0) as numerator,
    coalesce(sum(requests) filter (where kind = 'micro_wish'), 0) as denominator,
from request_months
