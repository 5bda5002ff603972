-- title: 合伙人 | Partners
-- unit: partners
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 已加入且未退出 | Joined and not left
select
    coalesce(sum(partners), 0) as value,
from partner_months
