-- title: 各小区（网格）党支部 | Estate and grid party branches
-- grain: branch
-- note: 没有楼栋党小组的在前 | Without a building group first
with
period_end as (
    select max(month) as month
    from community_months
),
communities as (
    select
        community_months.month,
        community_months.community,
        months.observed_on,
    from community_months
    inner join period_end
        on community_months.month = period_end.month
    inner join staging.months as months
        on community_months.month = months.month
),
groups_by_branch as (
    select
        organisations.parent_id,
        count(*) as building_groups,
    from staging.party_orgs as organisations
    inner join communities
        on organisations.area_code = communities.community
    where organisations.kind = 'building_group'
        and (organisations.set_up_on is null or organisations.set_up_on <= communities.observed_on)
        and (organisations.closed_on is null or organisations.closed_on > communities.observed_on)
    group by organisations.parent_id
),
estates_by_branch as (
    select
        estate_months.branch_id,
        count(*) as estates,
        sum(estate_months.households)::bigint as households,
    from estate_months
    inner join period_end
        on estate_months.month = period_end.month
    group by estate_months.branch_id
),
estates_reported as (
    select district
    from intermediate.reports
    where table_name = 'estates'
)
select
    branches.org_id,
    branches.org_name,
    branches.area_code as community,
    paths.area_name as community_name,
    coalesce(groups_by_branch.building_groups, 0) as building_groups,
    case when estates_reported.district is not null then coalesce(estates_by_branch.estates, 0) end as estates,
    estates_by_branch.households,
    branches.set_up_on,
from staging.party_orgs as branches
inner join communities
    on branches.area_code = communities.community
inner join intermediate.area_paths as paths
    on branches.area_code = paths.area_code
left join groups_by_branch
    on branches.org_id = groups_by_branch.parent_id
left join estates_by_branch
    on branches.org_id = estates_by_branch.branch_id
left join estates_reported
    on paths.district = estates_reported.district
where branches.kind = 'branch'
    and (branches.set_up_on is null or branches.set_up_on <= communities.observed_on)
    and (branches.closed_on is null or branches.closed_on > communities.observed_on)
order by building_groups, branches.area_code, branches.org_id
