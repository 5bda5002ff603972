-- title: 阵地 | Places
-- unit: places
-- decimals: 0
-- better: none
-- over_time: latest
-- note: 已启用且未停用 | Opened and not closed
select
    count(*) as value,
from place_months
