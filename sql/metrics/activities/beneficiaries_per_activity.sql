-- title: 平均每次活动受益人次 | Beneficiaries per activity
-- short: 次均受益 | Reached per activity
-- unit: person_times
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- people: numerator
-- note: 受益人次 ÷ 填报了受益人次的活动次数 | Beneficiaries ÷ activities that report beneficiaries
select
    1.0 * sum(beneficiaries) / nullif(sum(with_beneficiaries), 0) as value,
    sum(beneficiaries) as numerator,
    sum(with_beneficiaries) as denominator,
from activity_months
