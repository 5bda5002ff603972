-- title: 在岗社区正职 | Secretaries in post
-- short: 社区正职 | Secretaries
-- unit: people
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 月末在岗的社区正职（书记、主任） | Secretaries in post at month end
select
    count(distinct worker_id) filter (where post = 'secretary') as value,
from worker_months
