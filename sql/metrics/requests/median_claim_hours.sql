-- title: 认领时长中位数 | Median hours to claim
-- unit: hours
-- decimals: 1
-- direction: lower
-- aggregation: ratio
-- cohort: ripe
-- note: 已满期的整月里上报的全部诉求，尚未认领的算作最长；过半未认领则为空 | Over all requests raised in whole months that are old enough to be judged; those still waiting count as longer than any finished one; empty if more than half are still waiting
select
    case
        when 2 * count(claim_hours) < count(*) then null
        when 2 * count(claim_hours) = count(*) then max(claim_hours)
        else median(coalesce(claim_hours, 1e12))
    end as value,
from requests
