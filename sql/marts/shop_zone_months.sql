-- title: 商铺片区（月） | Shop zones at month end
-- grain: zone, month
-- people: heads, volunteers
-- sql_lab: no_person
-- source_table: shop_zones
-- column_sources: partner_posts (heads, volunteers), partners (shops)
-- incremental_on: standards_in_force.month, months.month
with
open_zones as (
    select
        months.month,
        zones.*,
    from staging.shop_zones as zones
    inner join staging.months as months
        on (zones.set_up_on is null or zones.set_up_on <= months.observed_on)
        and (zones.closed_on is null or zones.closed_on > months.observed_on)
),
posts_at_month_end as (
    select
        months.month,
        posts.zone_id,
        count(distinct case when posts.role = 'zone_head' then posts.holder_id end) as heads,
        count(distinct case when posts.role = 'shop_volunteer' then posts.holder_id end) as volunteers,
    from staging.partner_posts as posts
    inner join staging.months as months
        on posts.since <= months.observed_on
        and (posts.until is null or posts.until > months.observed_on)
    where posts.zone_id is not null
    group by months.month, posts.zone_id
),
shops_at_month_end as (
    select
        months.month,
        partners.zone_id,
        count(*) as shops,
    from staging.partners as partners
    inner join staging.months as months
        on partners.joined_on <= months.observed_on
        and (partners.left_on is null or partners.left_on > months.observed_on)
    where partners.kind = 'shop'
        and partners.zone_id is not null
    group by months.month, partners.zone_id
),
reported as (
    select
        district,
        bool_or(table_name = 'partner_posts') as posts,
        bool_or(table_name = 'partners') as partners,
    from intermediate.tables_reported
    group by district
)
select
    open_zones.month,
    date_trunc('year', open_zones.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    open_zones.zone_id,
    open_zones.zone_name,
    -- Null, not 0, where the district sent no partner posts or no partners.
    case when reported.posts then coalesce(posts.heads, 0) else posts.heads end as heads,
    case when reported.posts then coalesce(posts.volunteers, 0) else posts.volunteers end as volunteers,
    case when reported.partners then coalesce(shops.shops, 0) else shops.shops end as shops,
    zones_with_heads.value as heads_standard,
    zones_with_volunteers.value as volunteers_standard,
from open_zones
inner join intermediate.area_paths as paths
    on open_zones.community_code = paths.area_code
left join posts_at_month_end as posts
    on open_zones.zone_id = posts.zone_id
    and open_zones.month = posts.month
left join shops_at_month_end as shops
    on open_zones.zone_id = shops.zone_id
    and open_zones.month = shops.month
left join reported
    on paths.district = reported.district
left join intermediate.standards_in_force as zones_with_heads
    on open_zones.community_code = zones_with_heads.area_code
    and open_zones.month = zones_with_heads.month
    and zones_with_heads.standard = 'zones_with_heads'
    and zones_with_heads.obligation = 'required'
left join intermediate.standards_in_force as zones_with_volunteers
    on open_zones.community_code = zones_with_volunteers.area_code
    and open_zones.month = zones_with_volunteers.month
    and zones_with_volunteers.standard = 'zones_with_volunteers'
    and zones_with_volunteers.obligation = 'required'
