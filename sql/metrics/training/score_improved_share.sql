-- title: 得分提高的占比 | Share whose score rose
-- short: 得分提高占比 | Improved
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- min_people: 5
-- note: 训后得分高于训前的人次 ÷ 两项都有得分的人次 | Attendances with a higher score after than before ÷ attendances with both scores
select
    100.0 * sum(improved) / nullif(sum(scored), 0) as value,
    sum(improved) as numerator,
    -- Several scores of a few people still identify those few people.
    case
        when count(distinct attendee_id) filter (where scored > 0) >= 5 then sum(scored)
        else count(distinct attendee_id) filter (where scored > 0)
    end as denominator,
from training_attendee_months
