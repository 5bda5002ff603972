-- title: 认领时长中位数 | Median hours to claim
-- unit: hours
-- decimals: 1
-- direction: lower
-- aggregation: ratio
-- note: 期内上报的全部诉求，尚未认领的算作最长；过半未认领则为空 | Over all raised in the period, one not yet done counting as longer than any that is; empty when more than half are
select
    case
        when 2 * count(claim_hours) < count(*) then null
        when 2 * count(claim_hours) = count(*) then max(claim_hours)
        else median(coalesce(claim_hours, 1e12))
    end as value,
from requests
