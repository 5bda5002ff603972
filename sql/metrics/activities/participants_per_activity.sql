-- title: 平均每次活动参与人次 | Participants per activity
-- short: 次均参与 | Per activity
-- unit: person_times
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- people: numerator
-- note: 参与人次 ÷ 填报了参与人次的活动次数 | Participants ÷ activities that report participants
select
    1.0 * sum(participants) / nullif(sum(with_participants), 0) as value,
    sum(participants) as numerator,
    sum(with_participants) as denominator,
from activity_months
