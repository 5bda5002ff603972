-- title: 基本称职占比 | Share rated basically competent
-- short: 基本称职 | Basic
-- unit: percent
-- decimals: 1
-- direction: none
-- aggregation: ratio
-- min_people: 5
-- note: 考核结果 ÷ 参加考核的人次 | Results ÷ all assessed
select
    100.0 * count(*) filter (where result = 'basic') / nullif(count(*), 0) as value,
    count(*) filter (where result = 'basic') as numerator,
    -- Several years of a few people still identify those few people.
    case
        when count(distinct worker_id) >= 5 then count(*)
        else count(distinct worker_id)
    end as denominator,
from assessments
