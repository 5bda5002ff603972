-- title: 吹哨 | Whistles
-- unit: requests
-- decimals: 0
-- direction: none
-- aggregation: sum
-- note: 事项类型为吹哨服务：社区吹哨，部门和单位认领办理。按上报月份 | By kind: the community blows the whistle, departments and units claim and handle it. By the month raised
select
    coalesce(sum(requests) filter (where kind = 'whistle'), 0) as value,
from request_months
