-- title: 不称职后有处理的占比 | Failed years that a measure followed
-- short: 不称职后有处理 | Followed through
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- min_people: 5
-- note: 不称职的考核中，此后到数据日有诫勉谈话、降职或解聘记录的占比；自行离职、退休的不算 | Of failed years, those with an admonition, demotion or dismissal on record since; leaving of one's own accord is no measure
select
    100.0 * count(*) filter (where followed_by in ('dismissal', 'demotion', 'admonition'))
        / nullif(count(*) filter (where followed_by is not null), 0) as value,
    count(*) filter (where followed_by in ('dismissal', 'demotion', 'admonition')) as numerator,
    -- Several years of a handful of people are still of a handful of people.
    case
        when count(distinct worker_id) filter (where followed_by is not null) >= 5
            then count(*) filter (where followed_by is not null)
        else count(distinct worker_id) filter (where followed_by is not null)
    end as denominator,
from assessments
