-- title: 合伙人名录 | Partner directory
-- grain: partner
-- note: 在册的和已退出的，用于按名称查找 | Current and former partners, for search by name
select
    partners.partner_id,
    partners.partner_name,
    partners.kind as partner_kind,
    partners.area_code,
    paths.area_name,
    partners.left_on,
from staging.partners as partners
inner join intermediate.area_paths as paths
    on partners.area_code = paths.area_code
order by partners.left_on is not null, partners.partner_name, partners.partner_id
