-- title: 连续不合格达到退出年数的人数 | Workers whose consecutive fails reach the exit limit
-- short: 达到退出年数 | Due for exit
-- unit: people
-- decimals: 0
-- direction: none
-- aggregation: sum
-- note: 连续不称职的年数达到当地 consecutive_failed_years 的人；没有这条规定、或考核不足 5 人时为空 | Workers whose consecutive fails reach the area's consecutive_failed_years; empty where there is no such rule or fewer than 5 were assessed
select
    case
        when count(must_leave) > 0 and count(distinct worker_id) >= 5
            then count(distinct worker_id) filter (where must_leave)
    end as value,
from assessments
