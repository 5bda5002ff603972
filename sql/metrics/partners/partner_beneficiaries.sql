-- title: 合伙人服务受益人次 | Partners' beneficiaries
-- unit: person_times
-- decimals: 0
-- better: higher
-- over_time: sum
select
    coalesce(sum(beneficiaries) filter (where partner_id is not null), 0) as value,
from activities
