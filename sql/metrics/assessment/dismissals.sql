-- title: 解聘 | Dismissals
-- unit: times
-- decimals: 0
-- better: none
-- over_time: sum
-- people: value
-- note: 履历事件中的次数 | Events on record
select
    count(*) filter (where kind = 'dismissal') as value,
from career_events
