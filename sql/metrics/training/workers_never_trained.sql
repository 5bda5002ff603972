-- title: 从未参训的社区工作者 | Workers never trained on record
-- short: 从未参训 | Never trained
-- unit: people
-- decimals: 0
-- direction: lower
-- aggregation: latest
-- note: 期末在岗而从有记录起没有一次结业的人 | In post at the end of the period with no completed session since records began
select
    case
        when sum(training_is_reported) > 0
            then count(*) filter (where training_is_reported = 1 and last_completed_on is null)
    end as value,
from worker_months
