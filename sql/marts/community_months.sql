-- title: 社区月度基数 | Community figures at month end
-- grain: community, month
-- people: workers, staffing_workers
-- sql_lab: no_person
-- source_table: areas
-- column_sources: workers (workers, staffing_workers), population (residents, urban_residents, households, elderly, children, needy_households), partners (social_orgs), places (service_area_m2)
-- incremental_on: worker_months.month, partner_months.month, place_months.month, standards_in_force.month, months.month
with
communities as (
    select
        months.month,
        months.observed_on,
        paths.*,
    from intermediate.area_paths as paths
    cross join staging.months as months
    where paths.level = 'community'
),
counts_in_force as (
    select
        *,
        lead(as_of) over (partition by community_code order by as_of) as superseded_on,
    from staging.population
),
residents_at_month_end as (
    select
        months.month,
        counts_in_force.*,
    from counts_in_force
    inner join staging.months as months
        on counts_in_force.as_of <= months.observed_on
        and (counts_in_force.superseded_on is null or counts_in_force.superseded_on > months.observed_on)
),
workers_at_month_end as (
    select
        month,
        community,
        count(distinct worker_id) as workers,
    from worker_months
    group by month, community
),
reported as (
    select
        district,
        bool_or(table_name = 'workers') as workers,
        bool_or(table_name = 'partners') as partners,
        bool_or(table_name = 'places') as places,
    from intermediate.tables_reported
    group by district
),
social_orgs_at_month_end as (
    select
        month,
        community,
        sum(partners) as social_orgs,
    from partner_months
    where partner_kind = 'social_org'
        and community is not null
    group by month, community
),
service_area_at_month_end as (
    select
        month,
        community,
        sum(area_m2) as service_area_m2,
    from place_months
    where kind in ('service_centre', 'service_station')
    group by month, community
),
standards as (
    select
        area_code,
        month,
        obligation,
        max(value) filter (where standard = 'staffing_ratio') as staffing,
        max(value) filter (where standard = 'social_orgs_per_community') as social_orgs,
        max(value) filter (where standard = 'facility_area') as facility_area,
    from intermediate.standards_in_force
    group by area_code, month, obligation
)
select
    communities.month,
    date_trunc('year', communities.month)::date as period_start,
    communities.province,
    communities.city,
    communities.county,
    communities.street,
    communities.community,
    communities.place,
    communities.is_urban,
    case when communities.is_urban then 1 else 0 end as urban_communities,
    case
        when communities.is_urban and residents_at_month_end.community_code is null then 1
        else 0
    end as communities_without_population,
    residents_at_month_end.residents,
    case when communities.is_urban then residents_at_month_end.urban_residents end as urban_residents,
    residents_at_month_end.households,
    residents_at_month_end.elderly,
    residents_at_month_end.children,
    residents_at_month_end.needy_households,
    -- Null if the district sent no roster; 0 if its roster has nobody in this community.
    case
        when reported.workers then coalesce(workers_at_month_end.workers, 0)
        else workers_at_month_end.workers
    end as workers,
    case
        when not communities.is_urban or residents_at_month_end.community_code is null then null
        when reported.workers then coalesce(workers_at_month_end.workers, 0)
        else workers_at_month_end.workers
    end as staffing_workers,
    required.staffing as staffing_standard,
    recommended.staffing as staffing_recommended,
    case
        when reported.partners then coalesce(social_orgs_at_month_end.social_orgs, 0)
        else social_orgs_at_month_end.social_orgs
    end as social_orgs,
    required.social_orgs as social_orgs_standard,
    recommended.social_orgs as social_orgs_recommended,
    case
        when reported.places then coalesce(service_area_at_month_end.service_area_m2, 0)
        else service_area_at_month_end.service_area_m2
    end as service_area_m2,
    required.facility_area as facility_area_standard,
    recommended.facility_area as facility_area_recommended,
from communities
left join residents_at_month_end
    on communities.community = residents_at_month_end.community_code
    and communities.month = residents_at_month_end.month
left join workers_at_month_end
    on communities.community = workers_at_month_end.community
    and communities.month = workers_at_month_end.month
left join reported
    on communities.district = reported.district
left join social_orgs_at_month_end
    on communities.community = social_orgs_at_month_end.community
    and communities.month = social_orgs_at_month_end.month
left join service_area_at_month_end
    on communities.community = service_area_at_month_end.community
    and communities.month = service_area_at_month_end.month
left join standards as required
    on communities.community = required.area_code
    and communities.month = required.month
    and required.obligation = 'required'
left join standards as recommended
    on communities.community = recommended.area_code
    and communities.month = recommended.month
    and recommended.obligation = 'recommended'
