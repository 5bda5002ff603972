-- title: 五级组织体系 | Five tiers of party organisation
-- grain: node
-- params: levels
-- note: 党委、党工委、社区党组织按区划列出，最下一级列出其党支部和党员中心户；count 为其下最低一级区划的个数 | Committees and community organisations by area, the lowest with their branches and focal households; count is the number of lowest-level areas below
with
period_end as (
    select max(month) as month
    from community_months
),
organisations as (
    select
        organisation_months.county,
        organisation_months.street,
        organisation_months.community,
        organisation_months.kind,
        organisation_months.organisations,
    from organisation_months
    inner join period_end
        on organisation_months.month = period_end.month
),
reported as (
    select district
    from intermediate.reports
    where table_name = 'party_orgs'
),
-- Communities without any organisation stay in the tree, to show the gap.
communities as (
    select
        community_months.county,
        community_months.street,
        community_months.community,
    from community_months
    inner join period_end
        on community_months.month = period_end.month
    inner join intermediate.area_paths as paths
        on community_months.community = paths.area_code
    inner join reported
        on paths.district = reported.district
    where community_months.is_urban
),
known as (
    select county, street, community, null as kind, 0 as organisations
    from communities
    union all
    select county, street, community, kind, organisations
    from organisations
),
by_area as (
    select county as area_code, 'county' as level, community, kind, organisations
    from known
    where county is not null
    union all
    select street as area_code, 'street' as level, community, kind, organisations
    from known
    where street is not null
    union all
    select community as area_code, 'community' as level, community, kind, organisations
    from known
    where community is not null
),
areas as (
    select
        by_area.area_code,
        by_area.level,
        count(distinct by_area.community) as communities,
        coalesce(sum(case when by_area.kind = 'branch' then by_area.organisations end), 0)::bigint as branches,
        coalesce(sum(case when by_area.kind = 'building_group' then by_area.organisations end), 0)::bigint
            as building_groups,
        coalesce(sum(case when by_area.kind = 'focal_household' then by_area.organisations end), 0)::bigint
            as focal_households,
    from by_area
    where list_contains($levels, by_area.level)
    group by by_area.area_code, by_area.level
),
lowest as (
    select areas.*
    from areas
    inner join intermediate.area_paths as paths
        on areas.area_code = paths.area_code
    where areas.area_code not in (
        select above.parent_code
        from areas as below
        inner join intermediate.area_paths as above
            on below.area_code = above.area_code
        where above.parent_code is not null
    )
),
lowest_below as (
    select
        ancestors.ancestor_code as area_code,
        count(*) as lowest_areas,
    from lowest
    inner join intermediate.area_ancestors as ancestors
        on lowest.area_code = ancestors.area_code
    group by ancestors.ancestor_code
),
nodes as (
    select
        areas.area_code as id,
        case when above.area_code is not null then paths.parent_code end as parent,
        areas.level as tier,
        paths.area_name,
        areas.area_code,
        lowest_below.lowest_areas as count,
        areas.communities,
        areas.branches,
        areas.building_groups,
        areas.focal_households,
    from areas
    inner join lowest_below
        on areas.area_code = lowest_below.area_code
    inner join intermediate.area_paths as paths
        on areas.area_code = paths.area_code
    left join areas as above
        on paths.parent_code = above.area_code
    union all
    select
        area_code || ':branch' as id,
        area_code as parent,
        'branch' as tier,
        null as area_name,
        area_code,
        1 as count,
        communities,
        branches,
        building_groups,
        focal_households,
    from lowest
    where branches > 0
    union all
    select
        area_code || ':focal_household' as id,
        area_code || case when branches > 0 then ':branch' else '' end as parent,
        'focal_household' as tier,
        null as area_name,
        area_code,
        1 as count,
        communities,
        branches,
        building_groups,
        focal_households,
    from lowest
    where focal_households > 0
)
select *
from nodes
order by
    case tier when 'county' then 1 when 'street' then 2 when 'community' then 3 when 'branch' then 4 else 5 end,
    area_code
