-- title: 离职人员仍有在任网格职务 | Open grid duties of people who have left
-- severity: warn
-- people: rows
-- fix: 在网格任职文件里填上结束日期 | Fill in the end date in the grid duties file
select
    grids.community_code as area_code,
    duties.worker_id,
    duties.grid_code,
    duties.duty,
    workers.until as left_on,
from staging.grid_duties as duties
inner join intermediate.roster_periods as workers
    on duties.worker_id = workers.worker_id
inner join staging.grids as grids
    on duties.grid_code = grids.grid_code
where duties.until is null
    and grids.closed_on is null
    and workers.until <= (select max(observed_on) from staging.months)
qualify row_number() over (partition by duties.worker_id, duties.grid_code order by workers.as_of desc nulls last) = 1
order by area_code, duties.worker_id, duties.grid_code
