-- title: 在岗社区工作者 | Community workers in post
-- short: 在岗社工 | Workers in post
-- unit: people
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 月末在岗，离职当日起不计 | In post at month end; not counted from the day of leaving
select
    count(distinct worker_id) as value,
from worker_months
