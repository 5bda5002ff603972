-- title: 每万名常住人口社区工作者 | Community workers per 10,000 residents
-- short: 每万常住人口社工 | Workers per 10k residents
-- unit: per_10k
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- people: numerator
-- note: 全部在岗社区工作者 ÷ 全部常住人口，没有标准 | All workers in post ÷ all residents; no standard applies
select
    10000.0 * sum(workers) / nullif(sum(residents), 0) as value,
    sum(workers) as numerator,
    sum(residents) as denominator,
from community_months
