-- title: 合伙人超市 | Partner shops
-- unit: places
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 期末启用的兑换点 | Shops where points are redeemed, open at the end of the period
select
    count(distinct place_id) filter (where kind = 'partner_shop') as value,
from place_months
