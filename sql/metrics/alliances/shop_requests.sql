-- title: 商铺诉求 | Requests gathered by the shop alliance
-- unit: requests
-- decimals: 0
-- direction: none
-- aggregation: sum
-- note: 事项类型为商铺诉求，按上报月份；与来源渠道无关 | By type and month raised, from any source
select
    coalesce(sum(requests) filter (where kind = 'shop'), 0) as value,
from request_months
