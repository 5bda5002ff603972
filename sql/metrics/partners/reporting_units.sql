-- title: 双报到单位 | Units reporting to communities for service
-- unit: partners
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 已加入且未退出 | Joined and not left
select
    coalesce(sum(partners) filter (where partner_kind = 'reporting_unit'), 0) as value,
from partner_months
