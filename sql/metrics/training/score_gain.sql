-- title: 训后提高分 | Points gained
-- short: 提高 | Gain
-- unit: score
-- decimals: 1
-- better: higher
-- over_time: ratio
-- fewest_people: 5
-- note: 训后减训前的平均，只计两项都有得分的人次；没有对照组，不能都算作培训的功劳 | Mean of after less before, over attendances with both; there is no comparison group, so not all of it is the training's doing
select
    1.0 * sum(score_after - score_before) / nullif(count(score_after - score_before), 0) as value,
    sum(score_after - score_before) as numerator,
    count(score_after - score_before) as denominator,
from training_attendance
