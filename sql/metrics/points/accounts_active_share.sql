-- title: 近一年活跃的账户占比 | Share of accounts active in the past year
-- short: 活跃率 | Active share
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- people: numerator, denominator
-- note: 到期末近 12 个月有收支的账户 ÷ 到期末有过收支的账户 | Accounts with an entry in the 12 months to the end of the period ÷ accounts with any entry to date
select
    100.0 * sum(active_accounts) / nullif(sum(accounts), 0) as value,
    sum(active_accounts) as numerator,
    sum(accounts) as denominator,
from point_account_months
