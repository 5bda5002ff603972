-- title: 满意度 | Satisfaction
-- unit: score
-- decimals: 2
-- direction: higher
-- aggregation: ratio
-- month: month_closed
-- note: 1 至 5 分的平均，按办结月份 | Mean score from 1 to 5, by month closed
select
    1.0 * sum(satisfaction) / nullif(sum(rated), 0) as value,
    sum(satisfaction) as numerator,
    sum(rated) as denominator,
from request_months
