-- title: 考核分组（年） | Assessments by county, year and group
-- grain: county, year, attribute, attribute value
-- sql_lab: groups
-- source_table: assessments
-- people: assessed
-- of_people: daily_score = round(daily_score, 1)
-- of_people: annual_score = round(annual_score, 1)
-- of_people: feedback_score = round(feedback_score, 1)
-- note: 少于 5 人的组不列人数和平均分，一并不列的还有按名称在前的一个够五人的组；这样仍能由合计推出的，这一项全不列；全县不足 5 人的不分组 | Groups of fewer than 5 people show no count or mean, and neither does the first larger group by name, so that nothing can be derived from the total; if it still could, the whole attribute is hidden. Counties with fewer than 5 people have no groups
-- incremental_on: assessments.month
with
results as (
    select
        month,
        county,
        coalesce(post, 'not_given') as post,
        result,
        daily_score,
        annual_score,
        feedback_score,
    from assessments
    where county is not null
),
group_sizes as (
    select
        month,
        county,
        post,
        result,
        count(*) as assessed,
        -- Sums integers so that the result does not depend on row order.
        sum(round(1e6 * daily_score)::bigint) / nullif(1e6 * count(*), 0) as daily_score,
        sum(round(1e6 * annual_score)::bigint) / nullif(1e6 * count(*), 0) as annual_score,
        sum(round(1e6 * feedback_score)::bigint) / nullif(1e6 * count(*), 0) as feedback_score,
    from results
    group by grouping sets (
        (month, county),
        (month, county, post),
        (month, county, result)
    )
),
attribute_groups as (
    select
        month,
        county,
        case
            when post is not null then 'post'
            when result is not null then 'result'
            else 'all'
        end as attribute,
        coalesce(post, result, 'all') as attribute_value,
        assessed,
        daily_score,
        annual_score,
        feedback_score,
    from group_sizes
),
-- The groups of an attribute add up to all assessed, a total that is also shown.
groups_by_size as (
    select
        *,
        min(assessed) over (partition by month, county, attribute) as fewest,
        sum(assessed) over (partition by month, county, attribute) as together,
        -- The first group of five or more by name, whatever its size.
        assessed >= 5 and attribute_value = min(case when assessed >= 5 then attribute_value end) over (
            partition by month, county, attribute
        ) as is_first_of_enough,
    from attribute_groups
),
groups_left_out as (
    select
        *,
        -- Hides groups below five, and one larger group so that they cannot be derived.
        fewest < 5 and (assessed < 5 or is_first_of_enough) as is_left_out,
    from groups_by_size
),
groups_with_rule as (
    select
        *,
        -- If the hidden groups could still be derived from the total, hides the whole attribute.
        not is_left_out
        and (
            fewest >= 5
            or sum(case when is_left_out then assessed - 1 end) over (partition by month, county, attribute) >= 5
        ) as is_shown,
    from groups_left_out
)
select
    groups_with_rule.month,
    date_trunc('year', groups_with_rule.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    groups_with_rule.attribute,
    groups_with_rule.attribute_value,
    case when groups_with_rule.is_shown then groups_with_rule.assessed end as assessed,
    case when groups_with_rule.is_shown then groups_with_rule.daily_score end as daily_score,
    case when groups_with_rule.is_shown then groups_with_rule.annual_score end as annual_score,
    case when groups_with_rule.is_shown then groups_with_rule.feedback_score end as feedback_score,
from groups_with_rule
inner join intermediate.area_paths as paths
    on groups_with_rule.county = paths.area_code
where groups_with_rule.attribute = 'all' or groups_with_rule.together >= 5
