-- title: 书记工作室 | Secretary studios
-- unit: places
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 已启用且未停用 | Opened and not closed
select
    count(*) filter (where kind = 'secretary_studio') as value,
from place_months
