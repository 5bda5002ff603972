-- title: 吹哨 | Calls to departments
-- unit: requests
-- decimals: 0
-- direction: none
-- aggregation: sum
-- note: 事项类型为吹哨服务：社区吹哨，部门和单位认领办理。按上报月份 | By type: the community calls on departments and units, which claim and handle the request. By month raised
select
    coalesce(sum(requests) filter (where kind = 'whistle'), 0) as value,
from request_months
