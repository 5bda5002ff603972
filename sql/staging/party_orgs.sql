-- title: 党组织 | Party organisations
-- grain: org_id
-- sql_lab: no_person
-- source: raw.party_orgs
select
    org_id,
    parent_id,
    org_name,
    kind,
    area_code,
    set_up_on,
    closed_on,
from raw.party_orgs
