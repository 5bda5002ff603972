-- title: 微心愿30日内完成率 | Micro-wishes granted within 30 days
-- short: 微心愿30日内完成 | Wishes granted in 30 days
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- cohort: ripe
-- note: 上报后 30 天内完成的微心愿 ÷ 全部上报，按上报月份；只计已满期的整月 | Micro-wishes granted within 30 days of being raised ÷ all raised, by month raised. Counts only whole months that are old enough to be judged
select
    100.0 * sum(resolved_within_30_days) filter (where kind = 'micro_wish')
        / nullif(sum(requests) filter (where kind = 'micro_wish'), 0) as value,
    coalesce(sum(resolved_within_30_days) filter (where kind = 'micro_wish'), 0) as numerator,
    coalesce(sum(requests) filter (where kind = 'micro_wish'), 0) as denominator,
from request_months
