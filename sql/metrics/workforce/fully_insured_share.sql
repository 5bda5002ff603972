-- title: 两险一金齐全比例 | Share with both insurances and the housing fund
-- short: 两险一金齐全 | All three
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- min_people: 5
-- note: 养老、医疗、公积金三项都有的在岗者 ÷ 三项都填了的在岗者 | With pension, medical insurance and housing fund ÷ workers in post with all three recorded
select
    100.0 * count(*) filter (where has_pension and has_medical and has_housing_fund)
        / nullif(count(*) filter (
            where has_pension is not null and has_medical is not null and has_housing_fund is not null
        ), 0) as value,
    count(*) filter (where has_pension and has_medical and has_housing_fund) as numerator,
    count(*) filter (
        where has_pension is not null and has_medical is not null and has_housing_fund is not null
    ) as denominator,
from worker_months
