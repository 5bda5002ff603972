-- title: 沉寂的合伙人 | Inactive partners
-- short: 沉寂合伙人 | Inactive
-- unit: partners
-- decimals: 0
-- direction: lower
-- aggregation: latest
-- note: 已加入且未退出，加入满半年，近 6 个月（含期末当月）没有认领、办结、活动或评价；任职不算 | Current partners that joined at least six months ago with no claim, resolution, activity or rating in the last 6 months (including the last month); holding a post does not count
select
    case when count(is_quiet) > 0 then coalesce(sum(partners) filter (where is_quiet), 0) end as value,
from partner_months
