-- title: 积分获得 | Points earned
-- unit: points
-- decimals: 0
-- direction: higher
-- aggregation: sum
select
    coalesce(sum(points) filter (where kind = 'earn'), 0) as value,
from point_months
