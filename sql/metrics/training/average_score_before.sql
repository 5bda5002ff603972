-- title: 训前平均得分 | Average score before training
-- short: 训前得分 | Score before
-- unit: score
-- decimals: 1
-- better: none
-- over_time: ratio
-- fewest_people: 5
-- note: 只计训前、训后都有得分的人次，两项可以相比 | Over attendances scored both before and after, so that the two compare
select
    1.0 * sum(score_before) filter (where score_before is not null and score_after is not null)
        / nullif(count(*) filter (where score_before is not null and score_after is not null), 0) as value,
    sum(score_before) filter (where score_before is not null and score_after is not null) as numerator,
    count(*) filter (where score_before is not null and score_after is not null) as denominator,
from training_attendance
