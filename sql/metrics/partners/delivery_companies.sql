-- title: 快递外卖企业 | Delivery companies
-- unit: partners
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 已加入且未退出 | Joined and not left
select
    coalesce(sum(partners) filter (where partner_kind = 'delivery_company'), 0) as value,
from partner_months
