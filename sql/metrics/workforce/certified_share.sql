-- title: 持证比例 | Share holding a social-work certificate
-- short: 持证比例 | Certified
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- min_people: 5
-- note: 助理社会工作师、社会工作师、高级社会工作师；取证前的月份不计；名册没有这一列的地区不计 | Assistant, qualified or senior social worker, from the date gained; districts without the column excluded
select
    100.0 * count(*) filter (where certificate <> 'none') / nullif(count(certificate), 0) as value,
    count(*) filter (where certificate <> 'none') as numerator,
    count(certificate) as denominator,
from worker_months
