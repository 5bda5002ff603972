-- title: 公益活动 | Public-welfare activities
-- unit: times
-- decimals: 0
-- direction: higher
-- aggregation: sum
select
    coalesce(sum(activities) filter (where kind = 'welfare'), 0) as value,
from activity_months
