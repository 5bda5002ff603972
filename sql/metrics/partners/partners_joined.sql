-- title: 新加入合伙人 | Partners joined
-- unit: partners
-- decimals: 0
-- direction: higher
-- aggregation: sum
select
    count(*) filter (where move = 'join') as value,
from partner_moves
