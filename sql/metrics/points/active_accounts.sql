-- title: 活跃账户 | Active accounts
-- unit: accounts
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- note: 期内有收支的账户 | Accounts with an entry in the period
select
    coalesce(sum(accounts) filter (where previous_month is null or previous_month < period_start), 0)
        + count(distinct account_id) as value,
from account_months
