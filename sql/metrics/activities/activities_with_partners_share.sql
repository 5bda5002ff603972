-- title: 有合伙人参与的活动占比 | Share of activities with a partner
-- short: 合伙人参与 | With a partner
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- note: 填有合伙人的活动 ÷ 各类活动 | Activities with a named partner ÷ all activities
select
    100.0 * sum(with_partner) / nullif(sum(activities), 0) as value,
    sum(with_partner) as numerator,
    sum(activities) as denominator,
from activity_months
