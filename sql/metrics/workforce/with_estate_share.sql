-- title: 下沉小区明确比例 | Share with an assigned estate
-- short: 下沉小区 | Estate
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- min_people: 5
-- note: 名册写明下沉小区的在岗者 ÷ 在岗者；名册没有这一列的地区不计 | With an assigned estate ÷ workers in post; districts without the column excluded
select
    100.0 * count(*) filter (where has_estate) / nullif(count(has_estate), 0) as value,
    count(*) filter (where has_estate) as numerator,
    count(has_estate) as denominator,
from worker_months
