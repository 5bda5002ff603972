-- title: 没有任何社区 | No communities
-- severity: error
-- fix: 至少要有一份行政区划文件含社区行 | At least one areas file must contain communities
select
    null::varchar as area_code,
    count(*) as communities,
from staging.areas
where level = 'community'
having count(*) = 0
order by area_code
