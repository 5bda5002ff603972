-- title: 现场教学点 | Field teaching points
-- unit: places
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 已启用且未停用 | Opened and not closed
select
    count(*) filter (where kind = 'teaching_point') as value,
from place_months
