-- title: 合伙人任职 | Partner posts
-- grain: post_id
-- source: raw.partner_posts
select
    post_id,
    holder_id,
    partner_id,
    role,
    community_code,
    grid_code,
    estate_id,
    zone_id,
    households_linked,
    since,
    until,
from raw.partner_posts
