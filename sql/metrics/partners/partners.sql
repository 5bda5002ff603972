-- title: 合伙人 | Partners
-- unit: partners
-- decimals: 0
-- better: higher
-- over_time: latest
-- note: 已加入且未退出 | Joined and not left
select
    count(distinct partner_id) as value,
from partner_months
