-- title: 合伙人办结占全部办结 | Partners' share of what is resolved
-- short: 合伙人办结占比 | Partners' share
-- unit: percent
-- decimals: 1
-- better: higher
-- over_time: ratio
-- month: month_closed
-- note: 合伙人认领且已解决 ÷ 全部已解决，按办结月份 | Claimed by a partner and resolved ÷ all resolved, by the month closed
select
    100.0 * count(*) filter (where partner_id is not null and resolved = 1)
        / nullif(count(*) filter (where resolved = 1), 0) as value,
    count(*) filter (where partner_id is not null and resolved = 1) as numerator,
    count(*) filter (where resolved = 1) as denominator,
from requests
