-- title: 正职后备人选 | Reserves for secretary
-- unit: people
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 在岗的后备人选；名册没有这一列的地区为空 | In post and named as a reserve; empty where the roster lacks the column
select
    case
        when count(reserve_for) > 0 then count(distinct worker_id) filter (where reserve_for = 'secretary')
    end as value,
from worker_months
