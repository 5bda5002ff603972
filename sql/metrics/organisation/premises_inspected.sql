-- title: 督导检查的服务场所 | Service venues inspected
-- unit: places
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- note: 期内检查过的党群服务中心 | Service centres inspected in the period
select
    count(distinct place_id) filter (where kind = 'service_centre') as value,
from place_inspections
