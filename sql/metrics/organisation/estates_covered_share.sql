-- title: 有党支部的小区占比 | Share of estates with a branch
-- short: 小区覆盖率 | Estates covered
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- note: 有未撤销党支部的在册小区 ÷ 在册小区 | Estates with an open branch ÷ estates
select
    100.0 * sum(covered_by_branch) / nullif(count(*), 0) as value,
    sum(covered_by_branch) as numerator,
    nullif(count(*), 0) as denominator,
    case when count(covered_standard) = count(*) then avg(covered_standard) end as standard,
    case when count(covered_recommended) = count(*) then avg(covered_recommended) end as recommended,
from estate_months
