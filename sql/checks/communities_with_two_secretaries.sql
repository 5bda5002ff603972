-- title: 有两名以上正职的社区 | Communities with more than one secretary in post
-- severity: warn
-- people: secretaries
-- fix: 核对名册里的岗位和离职日期 | Check posts and leaving dates in the roster
select
    community as area_code,
    count(*) as secretaries,
from worker_months
where post = 'secretary'
    and month = (select max(month) from staging.months)
group by community
having count(*) > 1
order by area_code
