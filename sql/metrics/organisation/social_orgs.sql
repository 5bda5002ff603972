-- title: 社区社会组织 | Registered community social organisations
-- unit: partners
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 已加入且未退出 | Joined and not left
select
    coalesce(sum(partners) filter (where partner_kind = 'social_org'), 0) as value,
from partner_months
