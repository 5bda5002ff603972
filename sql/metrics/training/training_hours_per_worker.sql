-- title: 人均培训学时 | Training hours per worker
-- unit: hours
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- people: denominator
-- note: 期内在岗者结业学时 ÷ 期内月均在岗人数 | Hours completed by workers in post ÷ average monthly number in post
select
    1.0 * sum(training_hours) * count(distinct month) / nullif(sum(training_is_reported), 0) as value,
    sum(training_hours) as numerator,
    1.0 * sum(training_is_reported) / nullif(count(distinct month), 0) as denominator,
from worker_months
