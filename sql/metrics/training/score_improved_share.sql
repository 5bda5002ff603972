-- title: 得分提高的占比 | Share whose score rose
-- short: 有提高 | Improved
-- unit: percent
-- decimals: 1
-- better: higher
-- over_time: ratio
-- fewest_people: 5
-- note: 训后得分高于训前的人次 ÷ 两项都有得分的人次 | Attendances scored higher after than before ÷ those with both scores
select
    100.0 * count(*) filter (where score_after > score_before)
        / nullif(count(score_after - score_before), 0) as value,
    count(*) filter (where score_after > score_before) as numerator,
    count(score_after - score_before) as denominator,
from training_attendance
