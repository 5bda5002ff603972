-- title: 党群服务驿站 | Service stations
-- unit: places
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 已启用且未停用 | Opened and not closed
select
    count(*) filter (where kind = 'service_station') as value,
from place_months
