-- title: 积分（月） | Points earned and redeemed by month
-- grain: community, month, kind, reason
-- source_table: points
-- incremental_on: points.month
select
    month,
    period_start,
    province,
    city,
    county,
    street,
    community,
    place,
    kind,
    reason,
    sum(points)::bigint as points,
from points
group by
    month,
    period_start,
    province,
    city,
    county,
    street,
    community,
    place,
    kind,
    reason
