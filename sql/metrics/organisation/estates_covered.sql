-- title: 党支部覆盖小区 | Estates covered by a branch
-- unit: estates
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 有未撤销党支部的在册小区 | Open estates with an open branch
select
    coalesce(sum(covered_by_branch), 0) as value,
from estate_months
