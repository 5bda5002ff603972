-- title: 供给清单 | Services offered
-- grain: service_id
-- sql_lab: no_person
-- source: raw.partner_services
select
    service_id,
    partner_id,
    category,
    focus_group,
    area_code,
    capacity,
    since,
    until,
from raw.partner_services
