-- title: 小区（网格）党支部 | Estate (grid) party branches
-- short: 小区党支部 | Estate branches
-- unit: branches
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 已成立且未撤销 | Set up and not closed
select
    coalesce(sum(organisations) filter (where kind = 'branch'), 0) as value,
from organisation_months
