-- title: 副职轮岗锻炼 | Deputies rotated across posts
-- short: 副职轮岗 | Deputies rotated
-- unit: people
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- note: 时任社区副职者，一人只计一次 | Deputies at the time; each person counted once
select
    count(distinct worker_id) filter (where kind = 'rotation' and post_at_event = 'deputy') as value,
from career_events
