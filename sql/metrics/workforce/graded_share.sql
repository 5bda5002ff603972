-- title: 评定岗位等级比例 | Share with a grade
-- short: 已定等级 | Graded
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- min_people: 5
-- note: 有岗位等级的在岗者 ÷ 在岗者 | Workers in post with a grade ÷ workers in post
select
    100.0 * count(grade) / nullif(count(*), 0) as value,
    count(grade) as numerator,
    count(*) as denominator,
from worker_months
