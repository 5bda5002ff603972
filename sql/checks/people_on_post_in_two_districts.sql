-- title: 同时在两个地区在岗的人员 | People in post in two districts at once
-- severity: warn
-- people: rows
-- fix: 核对这个人究竟在哪边在岗，在另一边的名册里填上离职日期或删去 | Find out where the person works; in the other district's roster, fill in the leaving date or delete the row
-- note: 身份证号相同的人员，同一个月末在两个地区的名册上都在岗；两边各列一次 | The same id_number in post in two districts' rosters at the end of the same month; listed for both
with
persons as (
    select distinct
        worker_id,
        person_number,
    from staging.workers
    where person_number is not null
),
on_post as (
    select
        workers.month,
        workers.community,
        workers.worker_id,
        persons.person_number,
        paths.district,
    from worker_months as workers
    inner join persons
        on workers.worker_id = persons.worker_id
    inner join intermediate.area_paths as paths
        on workers.community = paths.area_code
)
select
    here.community as area_code,
    here.worker_id,
    there.community as other_area_code,
    there.worker_id as other_worker_id,
    min(here.month) as first_month,
    max(here.month) as last_month,
from on_post as here
inner join on_post as there
    on here.person_number = there.person_number
    and here.month = there.month
    and here.district <> there.district
group by here.community, here.worker_id, there.community, there.worker_id
order by area_code, here.worker_id, other_area_code, other_worker_id
