-- title: 退出合伙人 | Partners left
-- unit: partners
-- decimals: 0
-- direction: lower
-- aggregation: sum
select
    count(*) filter (where move = 'leave') as value,
from partner_moves
