-- title: 参训人数 | People trained
-- unit: people
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- note: 期内至少结业一次的人，一人只计一次；含已离岗者和参训的合伙人，所以不等于培训覆盖的人数 | People who completed at least one session in the period, each counted once; includes partners and people who have since left
select
    count(distinct attendee_id) filter (where completed > 0) as value,
from training_attendee_months
