-- title: 雷锋益站 | Volunteer stations for new-sector workers
-- unit: places
-- decimals: 0
-- better: higher
-- over_time: latest
-- note: 已启用且未停用 | Opened and not closed
select
    count(*) filter (where kind = 'lei_feng_station') as value,
from place_months
