-- title: 人才工作室 | Talent studios
-- unit: partners
-- decimals: 0
-- better: higher
-- over_time: latest
-- note: 已加入且未退出 | Joined and not left
select
    count(*) filter (where kind = 'talent_studio') as value,
from partner_months
