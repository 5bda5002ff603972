-- title: 微心愿 | Micro-wishes raised
-- unit: requests
-- decimals: 0
-- better: none
-- over_time: sum
-- note: 按上报月份 | By the month raised
select
    count(*) filter (where kind = 'micro_wish') as value,
from requests
