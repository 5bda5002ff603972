-- title: 每个居民网格户数 | Households per residential grid
-- short: 每网格户数 | Households per grid
-- unit: households
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 居民网格登记户数 ÷ 居民网格数；商圈、专属网格不计 | Registered households ÷ residential grids; business and special grids excluded
select
    1.0 * sum(households) filter (where grid_type = 'residential')
        / nullif(count(*) filter (where grid_type = 'residential'), 0) as value,
    sum(households) filter (where grid_type = 'residential') as numerator,
    count(*) filter (where grid_type = 'residential') as denominator,
from grid_months
