-- title: 公益活动 | Public-welfare activities
-- unit: times
-- decimals: 0
-- better: higher
-- over_time: sum
select
    count(*) filter (where kind = 'welfare') as value,
from activities
