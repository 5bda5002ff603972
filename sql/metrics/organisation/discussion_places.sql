-- title: 议事亭（广场） | Discussion pavilions and squares
-- unit: places
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 已启用且未停用 | Opened and not closed
select
    count(*) filter (where kind = 'pavilion') as value,
from place_months
