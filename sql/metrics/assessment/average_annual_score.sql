-- title: 年度考核平均得分 | Average annual score
-- short: 年度考核 | Annual
-- unit: score
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- min_people: 5
-- note: 年度考核得分的平均 | Mean of the annual scores
select
    1.0 * sum(annual_score) / nullif(count(annual_score), 0) as value,
    sum(annual_score) as numerator,
    -- Several years of a few people still identify those few people.
    case
        when count(distinct worker_id) >= 5 then count(annual_score)
        else count(distinct worker_id)
    end as denominator,
from assessments
