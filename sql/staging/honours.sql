-- title: 荣誉 | Honours
-- grain: honour_id
-- source: raw.honours
select
    honour_id,
    recipient_id,
    title,
    community_code,
    awarded_on,
from raw.honours
