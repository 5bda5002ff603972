-- title: 后备人选 | Reserves
-- unit: people
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 在岗的后备人选：正职、副职、两委成员；名册没有这一列的地区为空 | In post and named as a reserve for secretary, deputy or committee member; empty where the roster lacks the column
select
    case when count(reserve_for) > 0 then count(distinct worker_id) filter (where reserve_for <> 'none') end as value,
from worker_months
