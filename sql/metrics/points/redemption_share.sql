-- title: 兑换占获得的比例 | Points redeemed as a share of points earned
-- short: 兑换率 | Redeemed
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- note: 期内兑换 ÷ 期内获得；兑换的可以是从前的积分，所以可以超过 100% | Redeemed ÷ earned in the period; earlier points may be redeemed, so it can exceed 100%
select
    100.0 * coalesce(sum(points) filter (where kind = 'redeem'), 0)
        / nullif(sum(points) filter (where kind = 'earn'), 0) as value,
    coalesce(sum(points) filter (where kind = 'redeem'), 0) as numerator,
    sum(points) filter (where kind = 'earn') as denominator,
from point_months
