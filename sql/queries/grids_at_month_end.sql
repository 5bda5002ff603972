-- title: 期末各网格 | Every grid at the period's end
-- grain: grid
-- note: 无网格长的在前，户数多的在前 | Those without a leader first, then by households
with
members_at_month_end as (
    select
        months.month,
        duties.grid_code,
        count(*) filter (where duties.duty = 'leader') as leaders,
        count(*) filter (where duties.duty = 'member') as members,
    from staging.grid_duties as duties
    inner join staging.months as months
        on duties.since <= months.observed_on
        and (duties.until is null or duties.until > months.observed_on)
    group by months.month, duties.grid_code
)
select
    grid_months.grid,
    grids.grid_name,
    grid_months.community,
    paths.area_name as community_name,
    grid_months.grid_type,
    grid_months.households,
    -- Empty where the district has sent no file of duties.
    grid_months.grids_without_leader = 0 as has_leader,
    case
        when grid_months.grids_without_leader is not null then coalesce(duties.leaders, 0)
    end as leaders,
    case
        when grid_months.grids_without_leader is not null then coalesce(duties.members, 0)
    end as members,
    1.0 * grid_months.households / nullif(duties.leaders, 0) as households_per_leader,
from grid_months
inner join staging.grids as grids
    on grid_months.grid = grids.grid_code
inner join bases.area_paths as paths
    on grid_months.community = paths.area_code
left join members_at_month_end as duties
    on grid_months.grid = duties.grid_code
    and grid_months.month = duties.month
qualify grid_months.month = max(grid_months.month) over ()
order by has_leader nulls last, grid_months.households desc, grid_months.grid
