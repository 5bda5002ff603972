-- title: 快递外卖企业 | Delivery companies
-- unit: partners
-- decimals: 0
-- better: higher
-- over_time: latest
-- note: 已加入且未退出 | Joined and not left
select
    count(*) filter (where kind = 'delivery_company') as value,
from partner_months
