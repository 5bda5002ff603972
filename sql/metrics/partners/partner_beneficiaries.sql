-- title: 合伙人服务受益人次 | Partners' beneficiaries
-- unit: person_times
-- decimals: 0
-- direction: higher
-- aggregation: sum
select
    coalesce(sum(partner_beneficiaries), 0) as value,
from activity_months
