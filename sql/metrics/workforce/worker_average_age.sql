-- title: 社区工作者平均年龄 | Average age of workers
-- short: 平均年龄 | Average age
-- unit: years
-- decimals: 1
-- direction: none
-- aggregation: latest
-- min_people: 5
-- note: 在岗社区工作者，周岁按月末计 | Workers in post; age in whole years at month end
select
    1.0 * sum(age) / nullif(count(*), 0) as value,
    sum(age) as numerator,
    count(*) as denominator,
from worker_months
