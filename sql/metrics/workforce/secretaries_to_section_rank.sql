-- title: 书记提拔科级 | Secretaries promoted to section-chief rank
-- unit: people
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- note: 时任社区正职者 | Secretaries at the time of promotion
select
    count(distinct worker_id) filter (where kind = 'section_promotion' and post_at_event = 'secretary') as value,
from career_events
