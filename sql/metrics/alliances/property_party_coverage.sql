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
    100 as standard,
from partner_months
