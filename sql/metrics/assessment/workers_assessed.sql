-- title: 参加考核的人数 | Workers assessed
-- short: 参加考核 | Assessed
-- unit: people
-- decimals: 0
-- direction: none
-- aggregation: sum
-- note: 有年度考核结果的人，一人只计一次 | People with an annual result, each counted once
select
    count(distinct worker_id) as value,
from assessments
