-- title: 没有党支部或没有德邻管家的小区 | Estates without a branch or a steward
-- grain: estate
-- people: stewards, building_leaders
-- note: 没有党支部的在前，户数多的在前 | Without a branch first, then by households
with
period_end as (
    select max(month) as month
    from community_months
),
posts_by_estate as (
    select
        partner_post_months.estate_id,
        count(
            distinct case when partner_post_months.role = 'steward' then partner_post_months.holder_id end
        ) as stewards,
        count(
            distinct case
                when partner_post_months.role in ('building_leader', 'unit_leader') then partner_post_months.holder_id
            end
        ) as building_leaders,
    from partner_post_months
    inner join period_end
        on partner_post_months.month = period_end.month
    where partner_post_months.estate_id is not null
    group by partner_post_months.estate_id
),
posts_reported as (
    select district
    from intermediate.reports
    where table_name = 'partner_posts'
),
reached as (
    select
        estate_months.estate_id,
        estates.estate_name,
        estate_months.community,
        paths.area_name as community_name,
        estate_months.households,
        estate_months.management,
        estate_months.covered_by_branch = 1 as has_branch,
        -- Null, not 0, where the district sent no partner posts.
        case when posts_reported.district is not null then coalesce(posts_by_estate.stewards, 0) end as stewards,
        case
            when posts_reported.district is not null then coalesce(posts_by_estate.building_leaders, 0)
        end as building_leaders,
    from estate_months
    inner join period_end
        on estate_months.month = period_end.month
    inner join staging.estates as estates
        on estate_months.estate_id = estates.estate_id
    inner join intermediate.area_paths as paths
        on estate_months.community = paths.area_code
    left join posts_by_estate
        on estate_months.estate_id = posts_by_estate.estate_id
    left join posts_reported
        on paths.district = posts_reported.district
)
select *
from reached
where not has_branch
    or stewards = 0
order by has_branch, households desc nulls last, estate_id
