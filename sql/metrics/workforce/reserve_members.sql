-- title: 两委成员后备人选 | Reserves for committee member
-- unit: people
-- decimals: 0
-- better: higher
-- over_time: latest
-- note: 在岗的后备人选 | On post and named as a reserve
select
    count(distinct worker_id) filter (where reserve_for = 'member') as value,
from worker_months
