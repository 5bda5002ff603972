-- title: 平时考核平均得分 | Average ongoing-assessment score
-- short: 平时考核 | Ongoing
-- unit: score
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- min_people: 5
-- note: 平时考核得分的平均 | Mean of the ongoing-assessment scores
select
    1.0 * sum(daily_score) / nullif(count(daily_score), 0) as value,
    sum(daily_score) as numerator,
    -- Several years of a few people still identify those few people.
    case
        when count(distinct worker_id) >= 5 then count(daily_score)
        else count(distinct worker_id)
    end as denominator,
from assessments
