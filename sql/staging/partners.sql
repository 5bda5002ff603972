-- title: 合伙人 | Partners
-- grain: partner_id
-- people: members
-- sql_lab: no_person
-- source: raw.partners
select
    partner_id,
    name as partner_name,
    sector,
    kind,
    area_code,
    zone_id,
    has_party_org,
    members,
    recruited_via,
    admitted_by,
    joined_on,
    left_on,
    exit_reason,
from raw.partners
