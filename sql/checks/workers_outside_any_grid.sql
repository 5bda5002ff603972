-- title: 不在任何网格任职的一般社区工作者 | Community workers without a grid duty
-- severity: verify
-- people: rows
-- fix: 在网格任职文件里补上在任的网格职务；窗口等岗位确实不下沉网格的，不用改 | Add the current duty to the grid duties file; workers who really serve in no grid, e.g. at a service counter, need no change
-- note: 岗位为一般社区工作者、数据截至日在岗、在未撤销的网格里没有在任职务；只看报了网格和网格任职的地区 | General community workers in post at the data date without a current duty in an open grid; only in districts that submitted grids and grid duties
with
data_date as (
    select month, observed_on
    from staging.months
    where month = (select max(month) from staging.months)
),
reported as (
    select district
    from intermediate.reports
    where table_name in ('grids', 'grid_duties')
        and rows_loaded > 0
    group by district
    having count(*) = 2
),
in_a_grid as (
    select distinct duties.worker_id
    from staging.grid_duties as duties
    inner join staging.grids as grids
        on duties.grid_code = grids.grid_code
    inner join data_date
        on duties.since <= data_date.observed_on
        and (duties.until is null or duties.until > data_date.observed_on)
        and (grids.closed_on is null or grids.closed_on > data_date.observed_on)
),
leaderless as (
    select
        grid_months.community,
        sum(grid_months.grids_without_leader)::integer as grids_without_leader,
    from grid_months
    inner join data_date
        on grid_months.month = data_date.month
    group by grid_months.community
)
select
    workers.community as area_code,
    workers.worker_id,
    -- Where a grid of the community has no leader, a duty may be missing.
    coalesce(leaderless.grids_without_leader, 0) as grids_without_leader,
from worker_months as workers
inner join data_date
    on workers.month = data_date.month
inner join intermediate.area_paths as paths
    on workers.community = paths.area_code
inner join reported
    on paths.district = reported.district
left join in_a_grid
    on workers.worker_id = in_a_grid.worker_id
left join leaderless
    on workers.community = leaderless.community
where workers.post = 'worker'
    and in_a_grid.worker_id is null
order by grids_without_leader desc, area_code, workers.worker_id
