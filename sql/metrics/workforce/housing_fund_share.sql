-- title: 住房公积金缴存比例 | Covered by the housing fund
-- short: 住房公积金 | Housing fund
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- min_people: 5
-- note: 缴存住房公积金的在岗者 ÷ 名册填了此项的在岗者 | With a housing fund ÷ workers in post with this recorded
select
    100.0 * count(*) filter (where has_housing_fund) / nullif(count(has_housing_fund), 0) as value,
    count(*) filter (where has_housing_fund) as numerator,
    count(has_housing_fund) as denominator,
from worker_months
