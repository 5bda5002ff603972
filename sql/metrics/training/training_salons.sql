-- title: 治理沙龙 | Governance salons
-- unit: sessions
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- note: 期内开始的治理沙龙 | Salons started in the period
select
    count(*) filter (where programme = 'salon') as value,
from training_sessions
