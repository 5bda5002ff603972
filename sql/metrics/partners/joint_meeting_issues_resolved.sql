-- title: 联席会议解决事项 | Issues resolved through joint meetings
-- unit: requests
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- month: month_closed
-- note: 已解决，按办结月份 | Resolved, by month closed
select
    coalesce(sum(resolved) filter (where kind = 'joint_meeting'), 0) as value,
from request_months
