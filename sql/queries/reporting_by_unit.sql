-- title: 各单位的报到党员 | Reporting members by unit
-- grain: partner
-- people: reporting_members
-- note: 期末在任；一人只计一次，联系户数之和 | In office at the end of the period; each person counted once; total households linked
select
    partner_post_months.partner_id,
    partners.partner_name,
    partners.kind as partner_kind,
    count(distinct partner_post_months.holder_id) as reporting_members,
    count(distinct partner_post_months.community) as communities,
    sum(partner_post_months.households_linked)::bigint as households_linked,
from partner_post_months
inner join staging.partners as partners
    on partner_post_months.partner_id = partners.partner_id
where partner_post_months.role = 'reporting_member'
    and partner_post_months.month = (select max(month) from community_months)
group by partner_post_months.partner_id, partners.partner_name, partners.kind
order by reporting_members desc, partner_post_months.partner_id
