-- title: 活跃账户 | Active accounts
-- unit: accounts
-- decimals: 0
-- better: higher
-- over_time: sum
-- note: 期内有收支的账户 | Accounts with an entry in the period
select
    count(distinct account_id) as value,
from points
