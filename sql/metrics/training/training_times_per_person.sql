-- title: 人均参训次数 | Sessions completed per person trained
-- short: 人均次数 | Sessions per person
-- unit: times
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- people: numerator, denominator
-- note: 结业人次 ÷ 至少结业一次的人数 | Completed attendances ÷ people with at least one
select
    1.0 * sum(completed) / nullif(count(distinct attendee_id) filter (where completed > 0), 0) as value,
    sum(completed) as numerator,
    count(distinct attendee_id) filter (where completed > 0) as denominator,
from training_attendee_months
