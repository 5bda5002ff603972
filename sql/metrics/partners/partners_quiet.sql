-- title: 沉寂的合伙人 | Partners gone quiet
-- short: 沉寂合伙人 | Gone quiet
-- unit: partners
-- decimals: 0
-- direction: lower
-- aggregation: latest
-- note: 已加入且未退出，加入满半年，近 6 个月（含期末当月）没有认领、办结、活动或评价；任职不算 | Joined and not left, there for half a year, and in the last 6 months (the last one included) no claim, resolution, activity or rating; holding a post does not count
select
    case when count(is_quiet) > 0 then coalesce(sum(partners) filter (where is_quiet), 0) end as value,
from partner_months
