-- title: 雷锋益站 | Volunteer stations for new-sector workers
-- unit: places
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 已启用且未停用 | Opened and not closed
select
    count(*) filter (where kind = 'lei_feng_station') as value,
from place_months
