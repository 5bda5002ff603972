-- title: 有合伙人参与的活动 | Activities with a partner
-- unit: times
-- decimals: 0
-- better: higher
-- over_time: sum
select
    count(partner_id) as value,
from activities
