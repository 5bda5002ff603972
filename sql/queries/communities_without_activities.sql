-- title: 期内没有活动的社区 | Communities without activities in the period
-- grain: community
-- note: 只含报了活动表的地区；人口多的在前 | Only districts that submitted activities; largest first
with
communities as (
    select
        community_months.community,
        community_months.street,
        community_months.residents,
    from community_months
    inner join intermediate.area_paths as paths
        on community_months.community = paths.area_code
    inner join intermediate.reports as reports
        on paths.district = reports.district
        and reports.table_name = 'activities'
    qualify community_months.month = max(community_months.month) over ()
),
held as (
    select distinct
        community,
    from activities
)
select
    communities.community,
    paths.area_name as community_name,
    streets.area_name as street_name,
    communities.residents,
from communities
inner join intermediate.area_paths as paths
    on communities.community = paths.area_code
left join intermediate.area_paths as streets
    on communities.street = streets.area_code
left join held
    on communities.community = held.community
where held.community is null
order by communities.residents desc nulls last, communities.community
