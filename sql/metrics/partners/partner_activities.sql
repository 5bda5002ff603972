-- title: 合伙人活动 | Partners' activities
-- unit: times
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- note: 由合伙人组织 | Organised by a partner
select
    coalesce(sum(with_partner), 0) as value,
from activity_months
