-- title: 训后平均得分 | Average score after training
-- short: 训后得分 | Score after
-- unit: score
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- min_people: 5
-- note: 只计训前、训后都有得分的人次，两项可以相比 | Only attendances scored both before and after, so the two are comparable
select
    1.0 * sum(scored_after) / nullif(sum(scored), 0) as value,
    sum(scored_after) as numerator,
    -- Several scores of a few people still identify those few people.
    case
        when count(distinct attendee_id) filter (where scored > 0) >= 5 then sum(scored)
        else count(distinct attendee_id) filter (where scored > 0)
    end as denominator,
from training_attendee_months
