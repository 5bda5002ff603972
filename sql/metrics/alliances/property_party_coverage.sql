-- title: 物业企业党组织覆盖率 | Property companies with a party organisation
-- short: 物业党组织覆盖 | Party coverage
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- note: 已建党组织的物业企业 ÷ 物业企业 | Property companies with a party organisation ÷ all property companies
select
    100.0 * coalesce(sum(partners) filter (where partner_kind = 'property_company' and has_party_org), 0)
        / nullif(sum(partners) filter (where partner_kind = 'property_company'), 0) as value,
    coalesce(sum(partners) filter (where partner_kind = 'property_company' and has_party_org), 0) as numerator,
    coalesce(sum(partners) filter (where partner_kind = 'property_company'), 0) as denominator,
    case
        when sum(partners) filter (where partner_kind = 'property_company' and party_org_standard is null) is null
            then sum(partners * party_org_standard) filter (where partner_kind = 'property_company')
                / sum(partners) filter (where partner_kind = 'property_company')
    end as standard,
    case
        when sum(partners) filter (where partner_kind = 'property_company' and party_org_recommended is null) is null
            then sum(partners * party_org_recommended) filter (where partner_kind = 'property_company')
                / sum(partners) filter (where partner_kind = 'property_company')
    end as recommended,
from partner_months
