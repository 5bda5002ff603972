-- title: 不称职后有处理的占比 | Fails followed by action
-- short: 不称职后有处理 | Action taken
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- min_people: 5
-- note: 不称职的考核中，此后到数据日有诫勉谈话、降职或解聘记录的占比；自行离职、退休的不算 | Fail ratings followed by an admonition, demotion or dismissal on record ÷ all fail ratings; leaving voluntarily does not count as action
select
    100.0 * count(*) filter (where followed_by in ('dismissal', 'demotion', 'admonition'))
        / nullif(count(*) filter (where followed_by is not null), 0) as value,
    count(*) filter (where followed_by in ('dismissal', 'demotion', 'admonition')) as numerator,
    -- Several years of a few people still identify those few people.
    case
        when count(distinct worker_id) filter (where followed_by is not null) >= 5
            then count(*) filter (where followed_by is not null)
        else count(distinct worker_id) filter (where followed_by is not null)
    end as denominator,
from assessments
