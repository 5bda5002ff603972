-- title: 没有社区工作者的城镇社区 | Urban communities without community workers
-- severity: warn
-- fix: 核对名册里的社区代码，或确认确实无人在岗 | Check the community codes in the roster, or confirm that nobody is in post
select
    community as area_code,
    urban_residents,
from community_months
where is_urban
    and workers = 0
    and month = (select max(month) from staging.months)
order by area_code
