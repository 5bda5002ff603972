-- title: 骑手驿站 | Rider stations
-- unit: places
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 已启用且未停用 | Opened and not closed
select
    count(*) filter (where kind = 'rider_station') as value,
from place_months
