-- title: 合伙人评价 | Ratings of partners
-- grain: partner, quarter
-- counts: partner_ratings
select
    make_date(left(ratings.quarter, 4)::integer, 3 * right(ratings.quarter, 1)::integer, 1) as month,
    date_trunc('year', make_date(left(ratings.quarter, 4)::integer, 3 * right(ratings.quarter, 1)::integer, 1))::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    ratings.partner_id,
    partners.sector as partner_sector,
    partners.kind as partner_kind,
    ratings.resident_score,
    ratings.community_score,
    ratings.industry_score,
from staging.partner_ratings as ratings
inner join staging.partners as partners
    on ratings.partner_id = partners.partner_id
inner join bases.area_paths as paths
    on partners.area_code = paths.area_code
