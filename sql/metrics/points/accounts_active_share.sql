-- title: 近一年活跃的账户占比 | Share of accounts active within a year
-- short: 活跃率 | Active share
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- people: numerator, denominator
-- note: 到期末近 12 个月有收支的账户 ÷ 到期末有过收支的账户 | Accounts with an entry in the 12 months to the period's end ÷ accounts with any entry by then
select
    100.0 * sum(active_accounts) / nullif(sum(accounts), 0) as value,
    sum(active_accounts) as numerator,
    sum(accounts) as denominator,
from point_account_months
