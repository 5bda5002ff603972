-- title: 联席会议事项 | Issues raised at joint meetings
-- unit: requests
-- decimals: 0
-- direction: none
-- aggregation: sum
-- note: 按上报月份 | By month raised
select
    coalesce(sum(requests) filter (where kind = 'joint_meeting'), 0) as value,
from request_months
