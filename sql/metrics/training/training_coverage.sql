-- title: 培训覆盖率 | Training coverage
-- short: 培训覆盖 | Trained
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- people: numerator, denominator
-- note: 期末在岗且期内有结业记录者 ÷ 期末在岗；以人计，不以人次计 | Workers in post at the end of the period who completed a session in it ÷ workers in post; counts people, not attendances
select
    100.0 * count(*) filter (where last_completed_on >= period_start) / nullif(sum(training_is_reported), 0) as value,
    count(*) filter (where last_completed_on >= period_start) as numerator,
    sum(training_is_reported) as denominator,
    100 as standard,
from worker_months
