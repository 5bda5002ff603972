-- title: 养老保险参保比例 | Covered by pension insurance
-- short: 养老保险 | Pension
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- min_people: 5
-- note: 参加养老保险的在岗者 ÷ 名册填了此项的在岗者 | With pension insurance ÷ workers in post with this recorded
select
    100.0 * count(*) filter (where has_pension) / nullif(count(has_pension), 0) as value,
    count(*) filter (where has_pension) as numerator,
    count(has_pension) as denominator,
from worker_months
