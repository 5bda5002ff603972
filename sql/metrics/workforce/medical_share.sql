-- title: 医疗保险参保比例 | Covered by medical insurance
-- short: 医疗保险 | Medical
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- min_people: 5
-- note: 参加医疗保险的在岗者 ÷ 名册填了此项的在岗者 | With medical insurance ÷ workers in post with this recorded
select
    100.0 * count(*) filter (where has_medical) / nullif(count(has_medical), 0) as value,
    count(*) filter (where has_medical) as numerator,
    count(has_medical) as denominator,
from worker_months
