-- title: 奖惩和变动 | Rewards, discipline and moves
-- unit: times
-- decimals: 0
-- direction: none
-- aggregation: sum
-- people: value
-- note: 履历事件的次数，按类型分 | Events on record, by type
select
    count(*) as value,
from career_events
