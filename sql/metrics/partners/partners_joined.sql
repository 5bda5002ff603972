-- title: 新加入合伙人 | Partners joined
-- unit: partners
-- decimals: 0
-- better: higher
-- over_time: sum
select
    count(*) filter (where move = 'join') as value,
from partner_moves
