-- title: 正职后备人选 | Reserves for secretary
-- unit: people
-- decimals: 0
-- better: higher
-- over_time: latest
-- note: 在岗的后备人选 | On post and named as a reserve
select
    count(distinct worker_id) filter (where reserve_for = 'secretary') as value,
from worker_months
