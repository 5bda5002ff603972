-- title: 中共党员占比 | Share of party members
-- short: 党员占比 | Party members
-- unit: percent
-- decimals: 1
-- direction: none
-- aggregation: latest
-- min_people: 5
-- note: 中共党员和预备党员 ÷ 有政治面貌记录的在岗者 | Members and probationary members ÷ workers in post with political status recorded
select
    100.0 * count(*) filter (where political_status in ('party_member', 'probationary'))
        / nullif(count(political_status), 0) as value,
    count(*) filter (where political_status in ('party_member', 'probationary')) as numerator,
    count(political_status) as denominator,
from worker_months
