-- title: 排查安全隐患 | Safety hazards found
-- unit: requests
-- decimals: 0
-- better: none
-- over_time: sum
-- note: 按上报月份 | By the month raised
select
    count(*) filter (where kind = 'hazard') as value,
from requests
