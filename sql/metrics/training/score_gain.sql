-- title: 训后提高分 | Points gained
-- short: 训后提高 | Points gained
-- unit: score
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- min_people: 5
-- note: 训后减训前的平均，只计两项都有得分的人次；没有对照组，不能都算作培训的功劳 | Mean of score after minus score before, over attendances with both; there is no comparison group, so not all of the gain is due to training
select
    1.0 * sum(score_gain) / nullif(sum(scored), 0) as value,
    sum(score_gain) as numerator,
    -- Several scores of a few people still identify those few people.
    case
        when count(distinct attendee_id) filter (where scored > 0) >= 5 then sum(scored)
        else count(distinct attendee_id) filter (where scored > 0)
    end as denominator,
from training_attendee_months
