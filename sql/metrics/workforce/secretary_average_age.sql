-- title: 社区正职平均年龄 | Average age of secretaries
-- short: 正职平均年龄 | Secretaries' age
-- unit: years
-- decimals: 1
-- direction: none
-- aggregation: latest
-- min_people: 5
-- note: 在岗社区正职，周岁按月末计 | Secretaries in post; age in whole years at month end
select
    1.0 * sum(age) filter (where post = 'secretary') / nullif(count(*) filter (where post = 'secretary'), 0) as value,
    sum(age) filter (where post = 'secretary') as numerator,
    count(*) filter (where post = 'secretary') as denominator,
from worker_months
