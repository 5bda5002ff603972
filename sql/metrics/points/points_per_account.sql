-- title: 每个活跃账户获得的积分 | Points earned per active account
-- short: 每账户获得 | Per account
-- unit: points
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- people: denominator
-- note: 期内获得的积分 ÷ 期内有收支的账户 | Points earned in the period ÷ accounts with an entry in it
select
    1.0 * coalesce(sum(earned), 0)
        / nullif(coalesce(sum(accounts) filter (where previous_month is null or previous_month < period_start), 0)
            + count(distinct account_id), 0) as value,
    coalesce(sum(earned), 0) as numerator,
    coalesce(sum(accounts) filter (where previous_month is null or previous_month < period_start), 0)
        + count(distinct account_id) as denominator,
from account_months
