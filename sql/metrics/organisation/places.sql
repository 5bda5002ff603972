-- title: 阵地 | Venues
-- unit: places
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 已启用且未停用 | Opened and not closed
select
    count(*) as value,
from place_months
