-- title: 行业协会 | Partner associations
-- unit: partners
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 已加入且未退出 | Joined and not left
select
    coalesce(sum(partners) filter (where partner_kind = 'association'), 0) as value,
from partner_months
