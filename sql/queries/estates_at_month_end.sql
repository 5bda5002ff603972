-- title: 各小区 | Estates
-- grain: estate
-- note: 户数多的在前 | Most households first
with
period_end as (
    select max(month) as month
    from community_months
)
select
    estate_months.estate_id,
    estates.estate_name,
    estate_months.community,
    paths.area_name as community_name,
    estate_months.households,
    estate_months.management,
    companies.partner_name as company_name,
    estate_months.committee,
    estate_months.secretary_is_chair,
    estate_months.covered_by_branch = 1 as has_branch,
from estate_months
inner join period_end
    on estate_months.month = period_end.month
inner join staging.estates as estates
    on estate_months.estate_id = estates.estate_id
inner join intermediate.area_paths as paths
    on estate_months.community = paths.area_code
left join staging.partners as companies
    on estate_months.property_company_id = companies.partner_id
order by estate_months.households desc nulls last, estate_months.estate_id
