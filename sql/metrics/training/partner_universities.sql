-- title: 共建院校 | Partner universities
-- unit: partners
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 已加入且未退出 | Joined and not left
select
    coalesce(sum(partners) filter (where partner_kind = 'university'), 0) as value,
from partner_months
