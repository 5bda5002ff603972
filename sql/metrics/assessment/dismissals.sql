-- title: 解聘 | Dismissals
-- unit: times
-- decimals: 0
-- direction: none
-- aggregation: sum
-- people: value
-- note: 履历事件中的次数 | Events on record
select
    count(*) filter (where kind = 'dismissal') as value,
from career_events
