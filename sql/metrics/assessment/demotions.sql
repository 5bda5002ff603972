-- title: 降职 | Demotions
-- unit: times
-- decimals: 0
-- direction: none
-- aggregation: sum
-- people: value
-- note: 履历事件中的次数 | Events on record
select
    count(*) filter (where kind = 'demotion') as value,
from career_events
