-- title: 服务对象评价平均得分 | Average feedback score
-- short: 服务对象评价 | Feedback
-- unit: score
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- min_people: 5
-- note: 服务对象评价得分的平均 | Mean of the feedback scores
select
    1.0 * sum(feedback_score) / nullif(count(feedback_score), 0) as value,
    sum(feedback_score) as numerator,
    -- Several years of a few people still identify those few people.
    case
        when count(distinct worker_id) >= 5 then count(feedback_score)
        else count(distinct worker_id)
    end as denominator,
from assessments
