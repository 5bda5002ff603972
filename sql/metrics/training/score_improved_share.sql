-- title: 得分提高的占比 | Share whose score rose
-- short: 得分提高占比 | Improved
-- unit: percent
-- decimals: 1
-- better: higher
-- over_time: ratio
-- fewest_people: 5
-- note: 训后得分高于训前的人次 ÷ 两项都有得分的人次 | Attendances scored higher after than before ÷ those with both scores
select
    100.0 * count(*) filter (where score_gain > 0) / nullif(count(score_gain), 0) as value,
    count(*) filter (where score_gain > 0) as numerator,
    -- Several scores of a handful of people are still of a handful of people.
    case
        when count(distinct attendee_id) filter (where score_gain is not null) >= 5 then count(score_gain)
        else count(distinct attendee_id) filter (where score_gain is not null)
    end as denominator,
from training_attendance
