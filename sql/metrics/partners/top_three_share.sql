-- title: 前三名合伙人办结占比 | Share of the top three partners
-- short: 前三名占比 | Top three
-- unit: percent
-- decimals: 1
-- direction: lower
-- aggregation: ratio
-- month: month_closed
-- note: 办结最多的三家合伙人办结数 ÷ 全部合伙人办结数，按办结月份；越高越依赖少数几家 | Requests resolved by the three most active partners ÷ requests resolved by all partners, by month closed; a high share means dependence on a few
select
    100.0 * list_sum(list_slice(list_reverse_sort(map_values(
        histogram(partner_id) filter (where partner_id is not null and resolved = 1)
    )), 1, 3)) / nullif(count(*) filter (where partner_id is not null and resolved = 1), 0) as value,
from requests
