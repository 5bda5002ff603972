-- title: 培训人次 | Training attendances
-- unit: person_times
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- note: 期内开始的班次中结业的人次 | Completed attendances at sessions started in the period
select
    coalesce(sum(completed), 0) as value,
from training_months
