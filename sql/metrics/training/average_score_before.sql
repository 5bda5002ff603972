-- title: 训前平均得分 | Average score before training
-- short: 训前得分 | Score before
-- unit: score
-- decimals: 1
-- direction: none
-- aggregation: ratio
-- min_people: 5
-- note: 只计训前、训后都有得分的人次，两项可以相比 | Only attendances scored both before and after, so the two are comparable
select
    1.0 * sum(scored_before) / nullif(sum(scored), 0) as value,
    sum(scored_before) as numerator,
    -- Several scores of a few people still identify those few people.
    case
        when count(distinct attendee_id) filter (where scored > 0) >= 5 then sum(scored)
        else count(distinct attendee_id) filter (where scored > 0)
    end as denominator,
from training_attendee_months
