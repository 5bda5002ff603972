-- title: 积分账户 | Points accounts
-- unit: accounts
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 到期末有过收支的账户 | Accounts with an entry by the end of the period
select
    sum(accounts) as value,
from point_account_months
