-- title: 积分兑换 | Points redeemed
-- unit: points
-- decimals: 0
-- direction: higher
-- aggregation: sum
select
    coalesce(sum(points) filter (where kind = 'redeem'), 0) as value,
from point_months
