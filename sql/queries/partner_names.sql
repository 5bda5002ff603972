-- title: 合伙人名称 | Partner name
-- grain: partner
-- params: partner_id
select
    partners.partner_id,
    partners.partner_name,
from staging.partners as partners
where partners.partner_id = $partner_id
order by partners.partner_id
