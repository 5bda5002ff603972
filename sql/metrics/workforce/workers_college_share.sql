-- title: 大专及以上占比 | Share with a college education
-- short: 大专及以上 | College or above
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- min_people: 5
-- note: 大专、本科、研究生 | Junior college, bachelor and postgraduate
select
    100.0 * count(*) filter (where education in ('college', 'bachelor', 'postgraduate')) / nullif(count(*), 0) as value,
    count(*) filter (where education in ('college', 'bachelor', 'postgraduate')) as numerator,
    count(*) as denominator,
from worker_months
