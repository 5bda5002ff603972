-- title: 共建事项 | Joint matters agreed
-- unit: requests
-- decimals: 0
-- better: higher
-- over_time: sum
-- note: 按上报月份 | By the month raised
select
    count(*) filter (where kind = 'joint_matter') as value,
from requests
