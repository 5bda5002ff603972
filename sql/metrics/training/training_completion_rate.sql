-- title: 结业率 | Completion rate
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- people: numerator, denominator
-- note: 结业人次 ÷ 到训人次 | Completed attendances ÷ all attendances
select
    100.0 * sum(completed) / nullif(sum(attended), 0) as value,
    sum(completed) as numerator,
    sum(attended) as denominator,
from training_months
