-- title: 联席会议解决事项 | Issues resolved through joint meetings
-- unit: requests
-- decimals: 0
-- better: higher
-- over_time: sum
-- month: month_closed
-- note: 已解决，按办结月份 | Resolved, by the month closed
select
    count(*) filter (where kind = 'joint_meeting' and resolved = 1) as value,
from requests
