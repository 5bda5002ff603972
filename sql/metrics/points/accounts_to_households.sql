-- title: 活跃账户与户数之比 | Active accounts relative to households
-- short: 活跃占户数 | vs households
-- unit: percent
-- decimals: 2
-- direction: higher
-- aggregation: latest
-- people: numerator
-- note: 近 12 个月有收支的账户 ÷ 报了积分的社区的户数；一户可有几个账户，所以不等于参与户的占比 | Accounts with an entry in the last 12 months ÷ households in communities that report points; a household may hold several accounts, so this is not the share of households taking part
select
    100.0 * sum(active_accounts) filter (where households is not null) / nullif(sum(households), 0) as value,
    sum(active_accounts) filter (where households is not null) as numerator,
    sum(households) as denominator,
from point_account_months
