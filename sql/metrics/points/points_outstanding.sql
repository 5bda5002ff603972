-- title: 尚未兑换的积分 | Points not redeemed yet
-- short: 积分结余 | Balance
-- unit: points
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 到期末累计获得减去累计兑换；以所报的收支为准，报表之前的结余不在其内 | All points earned minus all redeemed by the end of the period, from the files; any earlier balance is not included
select
    sum(points_outstanding) as value,
from point_account_months
