-- title: 合伙人任职（月） | Partner posts at month end
-- grain: post, month
-- source_table: partner_posts
-- incremental_on: months.month
select
    months.month,
    date_trunc('year', months.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    posts.post_id,
    posts.holder_id,
    posts.role,
    posts.grid_code as grid,
    posts.zone_id,
    posts.estate_id,
    posts.partner_id,
    coalesce(posts.households_linked, 0) as households_linked,
from staging.partner_posts as posts
inner join staging.months as months
    on posts.since <= months.observed_on
    and (posts.until is null or posts.until > months.observed_on)
inner join intermediate.area_paths as paths
    on posts.community_code = paths.area_code
