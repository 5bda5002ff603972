-- title: 等级晋升 | Grade promotions
-- unit: times
-- decimals: 0
-- direction: none
-- aggregation: sum
-- people: value
-- note: 履历事件中的次数 | Events on record
select
    count(*) filter (where kind = 'grade_promotion') as value,
from career_events
