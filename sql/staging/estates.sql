-- title: 小区 | Estates
-- grain: estate_id
-- sql_lab: no_person
-- source: raw.estates
select
    estate_id,
    community_code,
    estate_name,
    households,
    branch_id,
    property_company_id,
    management,
    committee,
    secretary_is_chair,
    set_up_on,
    closed_on,
from raw.estates
