-- title: 小区（月） | Estates at month end
-- grain: estate, month
-- sql_lab: no_person
-- source_table: estates
-- incremental_on: standards_in_force.month, months.month
select
    months.month,
    date_trunc('year', months.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    estates.estate_id,
    coalesce(estates.management, 'none') as management,
    coalesce(estates.committee, 'none') as committee,
    estates.property_company_id,
    estates.branch_id,
    case when branches.org_id is not null then 1 else 0 end as covered_by_branch,
    coalesce(estates.secretary_is_chair, false) as secretary_is_chair,
    estates.households,
    required.value as covered_standard,
    recommended.value as covered_recommended,
from staging.estates as estates
inner join staging.months as months
    on (estates.set_up_on is null or estates.set_up_on <= months.observed_on)
    and (estates.closed_on is null or estates.closed_on > months.observed_on)
left join staging.party_orgs as branches
    on estates.branch_id = branches.org_id
    and branches.kind = 'branch'
    and (branches.set_up_on is null or branches.set_up_on <= months.observed_on)
    and (branches.closed_on is null or branches.closed_on > months.observed_on)
inner join intermediate.area_paths as paths
    on estates.community_code = paths.area_code
left join intermediate.standards_in_force as required
    on estates.community_code = required.area_code
    and months.month = required.month
    and required.standard = 'estates_covered_share'
    and required.obligation = 'required'
left join intermediate.standards_in_force as recommended
    on estates.community_code = recommended.area_code
    and months.month = recommended.month
    and recommended.standard = 'estates_covered_share'
    and recommended.obligation = 'recommended'
