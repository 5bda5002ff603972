-- title: 参与人次 | Participants
-- unit: person_times
-- decimals: 0
-- direction: higher
-- aggregation: sum
select
    coalesce(sum(participants), 0) as value,
from activity_months
