-- title: 有合伙人参与的活动 | Activities with a partner
-- unit: times
-- decimals: 0
-- direction: higher
-- aggregation: sum
select
    coalesce(sum(with_partner), 0) as value,
from activity_months
