-- title: 合伙人评价 | Partner ratings
-- grain: partner_id, quarter
-- sql_lab: no_person
-- source: raw.partner_ratings
select
    partner_id,
    quarter,
    resident_score,
    community_score,
    industry_score,
    source_district as district,
from raw.partner_ratings
