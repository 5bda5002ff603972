-- title: 两代表一委员 | Workers who are delegates, deputies or CPPCC members
-- short: 两代表一委员 | Public seats
-- unit: people
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 在岗且任党代表、人大代表或政协委员；名册没有这一列的地区为空 | In post and a party congress delegate, people's congress deputy or CPPCC member; empty where the roster lacks the column
select
    case when count(public_seat) > 0 then count(distinct worker_id) filter (where public_seat <> 'none') end as value,
from worker_months
