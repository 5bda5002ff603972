-- title: 办结时长中位数 | Median hours to close
-- unit: hours
-- decimals: 1
-- direction: lower
-- aggregation: ratio
-- cohort: ripe
-- note: 已满期的整月里上报的全部诉求，尚未办结的算作最长；过半未办结则为空 | Over all requests raised in whole months that are old enough to be judged; those still waiting count as longer than any finished one; empty if more than half are still waiting
select
    case
        when 2 * count(close_hours) < count(*) then null
        when 2 * count(close_hours) = count(*) then max(close_hours)
        else median(coalesce(close_hours, 1e12))
    end as value,
from requests
