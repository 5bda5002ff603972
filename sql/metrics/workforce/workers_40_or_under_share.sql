-- title: 40 周岁及以下占比 | Share aged 40 or under
-- short: 40 岁及以下 | Aged 40 or under
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- min_people: 5
-- note: 周岁按月末计 | Age in whole years at month end
select
    100.0 * count(*) filter (where age <= 40) / nullif(count(*), 0) as value,
    count(*) filter (where age <= 40) as numerator,
    count(*) as denominator,
from worker_months
