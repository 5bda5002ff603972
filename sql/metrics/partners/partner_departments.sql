-- title: 职能部门及驻区机关单位 | Partner departments
-- unit: partners
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 已加入且未退出 | Joined and not left
select
    coalesce(sum(partners) filter (where partner_kind = 'department'), 0) as value,
from partner_months
