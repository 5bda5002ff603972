-- title: 网格（月） | Open grids at month end
-- grain: grid, month
-- people: leaders, members
-- sql_lab: no_person
-- source_table: grids
-- column_sources: grid_duties (leaders, members, grids_staffed, grids_without_leader)
-- incremental_on: standards_in_force.month, months.month
with
open_grids as (
    select
        months.month,
        months.observed_on,
        grids.*,
    from staging.grids as grids
    inner join staging.months as months
        on (grids.set_up_on is null or grids.set_up_on <= months.observed_on)
        and (grids.closed_on is null or grids.closed_on > months.observed_on)
),
duties_at_month_end as (
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
),
duties_reported as (
    select district
    from intermediate.tables_reported
    where table_name = 'grid_duties'
)
select
    open_grids.month,
    date_trunc('year', open_grids.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    open_grids.grid_code as grid,
    open_grids.grid_type,
    open_grids.households,
    -- Null, not 0, where the district sent no grid duties.
    case when duties_reported.district is not null then coalesce(duties.leaders, 0) else duties.leaders end as leaders,
    case when duties_reported.district is not null then coalesce(duties.members, 0) else duties.members end as members,
    case
        when duties.leaders + duties.members > 0 then 1
        when duties_reported.district is not null then 0
    end as grids_staffed,
    case
        when duties.leaders > 0 then 0
        when duties_reported.district is not null or duties.grid_code is not null then 1
    end as grids_without_leader,
    required.value as led_standard,
    recommended.value as led_recommended,
from open_grids
inner join intermediate.area_paths as paths
    on open_grids.community_code = paths.area_code
left join duties_at_month_end as duties
    on open_grids.grid_code = duties.grid_code
    and open_grids.month = duties.month
left join duties_reported
    on paths.district = duties_reported.district
left join intermediate.standards_in_force as required
    on open_grids.community_code = required.area_code
    and open_grids.month = required.month
    and required.standard = 'grids_led_share'
    and required.obligation = 'required'
left join intermediate.standards_in_force as recommended
    on open_grids.community_code = recommended.area_code
    and open_grids.month = recommended.month
    and recommended.standard = 'grids_led_share'
    and recommended.obligation = 'recommended'
