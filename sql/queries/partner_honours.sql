-- title: 合伙人获得的荣誉 | Partner honours
-- grain: honour
-- people: none
-- note: 授予合伙人的荣誉，最近的在前；授予个人的只计数，不列名 | Honours awarded to partners, latest first; those awarded to people are counted but not listed
select
    honours.honour_id,
    honours.partner_id,
    partners.partner_name,
    honours.partner_kind,
    honours.honour,
    honours.awarded_on,
    areas.area_name,
from honours
inner join staging.partners as partners
    on honours.partner_id = partners.partner_id
left join staging.areas as areas
    on honours.community = areas.area_code
order by honours.awarded_on desc, honours.honour, honours.honour_id
