-- title: 解决民生问题 | Livelihood issues resolved
-- unit: requests
-- decimals: 0
-- better: higher
-- over_time: sum
-- month: month_closed
-- note: 已解决，按办结月份 | Resolved, by the month closed
select
    count(*) filter (where kind = 'livelihood' and resolved = 1) as value,
from requests
