-- title: 社会组织联合会 | Social-organisation federations
-- unit: partners
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 已加入且未退出 | Joined and not left
select
    coalesce(sum(partners) filter (where partner_kind = 'social_org_federation'), 0) as value,
from partner_months
