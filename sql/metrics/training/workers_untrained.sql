-- title: 期内未参训的社区工作者 | Workers without training in the period
-- short: 未参训 | Untrained
-- unit: people
-- decimals: 0
-- direction: lower
-- aggregation: latest
-- note: 期末在岗而期内没有结业记录的人；没有报送参训记录的地区不计 | In post at the end of the period with no completed session in it; areas that submitted no attendance are excluded
select
    case
        when sum(training_is_reported) > 0
            then count(*) filter (
                where training_is_reported = 1
                    and (last_completed_on is null or last_completed_on < period_start)
            )
    end as value,
from worker_months
