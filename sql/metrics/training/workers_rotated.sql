-- title: 轮岗锻炼 | Workers rotated
-- unit: people
-- decimals: 0
-- direction: none
-- aggregation: sum
-- note: 一人只计一次；按时任岗位分 | Each person counted once, by the post held at the time
select
    count(distinct worker_id) filter (where kind = 'rotation') as value,
from career_events
