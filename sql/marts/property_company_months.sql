-- title: 物业企业（月） | Property companies at month end
-- grain: property company, month
-- sql_lab: no_person
-- source_table: partners
-- column_sources: activities (projects)
-- incremental_on: activities.month onward, requests.month onward, standards_in_force.month, months.month
with
companies as (
    select
        months.month,
        year(months.month) * 12 + month(months.month) as month_number,
        partners.*,
    from staging.partners as partners
    inner join staging.months as months
        on partners.joined_on <= months.observed_on
        and (partners.left_on is null or partners.left_on > months.observed_on)
    where partners.kind = 'property_company'
),
-- Joint projects: joint Party days held with the company and joint matters it took on.
projects as (
    select
        partner_id,
        year(month) * 12 + month(month) as month_number,
    from activities
    where kind = 'joint_party_day'
    union all
    select
        partner_id,
        year(month) * 12 + month(month) as month_number,
    from requests
    where kind = 'joint_matter'
),
projects_of_12_months as (
    select
        companies.partner_id,
        companies.month,
        count(*) as projects,
    from companies
    inner join projects
        on companies.partner_id = projects.partner_id
        and projects.month_number between companies.month_number - 11 and companies.month_number
    group by companies.partner_id, companies.month
),
activities_reported as (
    select district
    from intermediate.tables_reported
    where table_name = 'activities'
)
select
    companies.month,
    date_trunc('year', companies.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    companies.partner_id,
    companies.has_party_org,
    -- Null, not 0, where the district sent no activities.
    case
        when activities_reported.district is not null then coalesce(projects_of_12_months.projects, 0)
        else projects_of_12_months.projects
    end as projects,
    standards.value as projects_standard,
from companies
inner join intermediate.area_paths as paths
    on companies.area_code = paths.area_code
left join projects_of_12_months
    on companies.partner_id = projects_of_12_months.partner_id
    and companies.month = projects_of_12_months.month
left join activities_reported
    on paths.district = activities_reported.district
left join intermediate.standards_in_force as standards
    on companies.area_code = standards.area_code
    and companies.month = standards.month
    and standards.standard = 'property_projects_per_year'
    and standards.obligation = 'required'
