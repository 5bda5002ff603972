-- title: 领办项目比例 | Share leading a service project
-- short: 领办项目 | Project
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- min_people: 5
-- note: 名册写明领办服务项目的在岗者 ÷ 在岗者；名册没有这一列的地区不计 | Leading a project ÷ workers in post; districts without the column excluded
select
    100.0 * count(*) filter (where has_project) / nullif(count(has_project), 0) as value,
    count(*) filter (where has_project) as numerator,
    count(has_project) as denominator,
from worker_months
