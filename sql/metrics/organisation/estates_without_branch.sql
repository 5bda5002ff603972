-- title: 没有党支部的小区 | Estates without a branch
-- short: 无党支部小区 | Without a branch
-- unit: estates
-- decimals: 0
-- direction: lower
-- aggregation: latest
-- note: 没有未撤销党支部的在册小区 | Estates on record with no open branch
-- standard: estates_covered_share
select
    count(case when covered_by_branch = 0 then 1 end) as value,
    case
        when count(covered_standard) = count(*) then floor(round(sum(100 - covered_standard) / 100, 6))
    end as standard,
from estate_months
