-- title: 达到退出年数仍在岗的人数 | Due for exit and still in post
-- short: 仍在岗 | Still in post
-- unit: people
-- decimals: 0
-- direction: lower
-- aggregation: sum
-- note: 连续不称职达到退出年数，到数据日仍在岗的人 | Workers whose consecutive fails reach the limit and who are still in post at the data date
select
    case
        when count(must_leave) > 0 and count(distinct worker_id) >= 5
            then count(distinct worker_id) filter (where must_leave and is_on_post)
    end as value,
from assessments
