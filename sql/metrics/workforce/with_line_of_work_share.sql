-- title: 条线分工明确比例 | Share with an assigned function
-- short: 条线分工 | Function
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- min_people: 5
-- note: 名册写明条线分工的在岗者 ÷ 在岗者；名册没有这一列的地区不计 | With an assigned function ÷ workers in post; districts without the column excluded
select
    100.0 * count(*) filter (where has_line_of_work) / nullif(count(has_line_of_work), 0) as value,
    count(*) filter (where has_line_of_work) as numerator,
    count(has_line_of_work) as denominator,
from worker_months
