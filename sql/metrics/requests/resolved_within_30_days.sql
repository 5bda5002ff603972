-- title: 30日内解决率 | Resolved within 30 days
-- short: 30日内解决 | Resolved in 30 days
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- cohort: ripe
-- note: 上报后 30 天内已解决 ÷ 全部上报，按上报月份；只计已满期的整月 | Resolved within 30 days of being raised ÷ all raised, by month raised. Counts only whole months that are old enough to be judged
select
    100.0 * sum(resolved_within_30_days) / nullif(sum(requests), 0) as value,
    sum(resolved_within_30_days) as numerator,
    sum(requests) as denominator,
from request_months
