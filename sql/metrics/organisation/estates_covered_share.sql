-- title: 有党支部的小区占比 | Share of estates with a branch
-- short: 小区覆盖率 | Estates covered
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- note: 有未撤销党支部的在册小区 ÷ 在册小区；每个小区都应有党支部 | Estates with an open branch ÷ estates; every estate should have one
select
    100.0 * sum(covered_by_branch) / nullif(count(*), 0) as value,
    sum(covered_by_branch) as numerator,
    nullif(count(*), 0) as denominator,
    100 as standard,
from estate_months
