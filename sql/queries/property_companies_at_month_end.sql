-- title: 各物业企业 | Property companies
-- grain: property company
-- note: 共建项目少的在前 | Fewest joint projects first
with
period_end as (
    select max(month) as month
    from community_months
),
estates_by_company as (
    select
        estate_months.property_company_id,
        count(*) as estates,
        sum(estate_months.households)::bigint as households,
        count(case when estate_months.management = 'old_with_new' then 1 end) as estates_old_with_new,
    from estate_months
    inner join period_end
        on estate_months.month = period_end.month
    group by estate_months.property_company_id
)
select
    property_company_months.partner_id,
    partners.partner_name as company_name,
    paths.area_name,
    property_company_months.has_party_org,
    estates_by_company.estates,
    estates_by_company.households,
    estates_by_company.estates_old_with_new,
    property_company_months.projects,
    property_company_months.projects_standard,
    property_company_months.projects >= property_company_months.projects_standard as meets_standard,
from property_company_months
inner join period_end
    on property_company_months.month = period_end.month
inner join staging.partners as partners
    on property_company_months.partner_id = partners.partner_id
inner join intermediate.area_paths as paths
    on partners.area_code = paths.area_code
left join estates_by_company
    on property_company_months.partner_id = estates_by_company.property_company_id
order by
    property_company_months.projects nulls last,
    estates_by_company.households desc nulls last,
    property_company_months.partner_id
