-- title: 平均考核得分 | Average assessment score
-- short: 平均得分 | Average score
-- unit: score
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- min_people: 5
-- note: 平时、年度、服务对象三项按当地权重合成，没有规定时等权 | Ongoing, annual and feedback scores by the area's weights, or equal weights where none are set
select
    1.0 * sum(total_score) / nullif(count(total_score), 0) as value,
    sum(total_score) as numerator,
    -- Several years of a few people still identify those few people.
    case
        when count(distinct worker_id) >= 5 then count(total_score)
        else count(distinct worker_id)
    end as denominator,
from assessments
