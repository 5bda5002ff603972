-- title: 在岗社区工作者 | Community workers on post
-- short: 在岗社工 | Workers on post
-- unit: people
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 月末在岗，离职当日起不计 | On post at the month's end; from the day of leaving not counted
select
    count(distinct worker_id) as value,
from worker_months
