-- title: 沉寂合伙人占比 | Share of inactive partners
-- short: 沉寂占比 | Inactive
-- unit: percent
-- decimals: 1
-- direction: lower
-- aggregation: latest
-- note: 近 6 个月没有认领、办结、活动或评价的合伙人 ÷ 全部合伙人；加入不满半年的不算沉寂 | Partners with no claim, resolution, activity or rating in the last 6 months ÷ all partners; partners that joined within six months count as active
select
    100.0 * coalesce(sum(partners) filter (where is_quiet), 0)
        / nullif(sum(partners) filter (where is_quiet is not null), 0) as value,
    coalesce(sum(partners) filter (where is_quiet), 0) as numerator,
    sum(partners) filter (where is_quiet is not null) as denominator,
from partner_months
