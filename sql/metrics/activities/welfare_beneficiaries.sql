-- title: 公益活动受益人次 | Beneficiaries of public-welfare activities
-- short: 公益受益 | Welfare beneficiaries
-- unit: person_times
-- decimals: 0
-- direction: higher
-- aggregation: sum
select
    coalesce(sum(beneficiaries) filter (where kind = 'welfare'), 0) as value,
from activity_months
