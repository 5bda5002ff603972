-- title: 连续不合格达到退出年数的人数 | Workers with as many failed years in a row as end a post
-- short: 达到退出年数 | Due to leave
-- unit: people
-- decimals: 0
-- direction: none
-- aggregation: sum
-- note: 连续不称职的年数达到当地 consecutive_failed_years 的人；没有这条规定、或考核不足 5 人时为空 | Those whose failed years in a row reach the area's consecutive_failed_years; empty without such a rule, or where fewer than 5 were assessed
select
    case
        when count(must_leave) > 0 and count(distinct worker_id) >= 5
            then count(distinct worker_id) filter (where must_leave)
    end as value,
from assessments
