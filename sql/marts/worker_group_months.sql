-- title: 社区工作者分组（月） | Community workers by county and attribute at month end
-- grain: county, month, attribute, attribute value
-- sql_lab: groups
-- source_table: workers
-- people: workers
-- note: 少于 5 人的组不列人数，一并不列的还有按名称在前的一个够五人的组；这样仍能由合计推出的，这一项全不列；全县不足 5 人的不分组 | Groups of fewer than 5 people show no count, and neither does the first larger group by name, so that nothing can be derived from the total; if it still could, the whole attribute is hidden. Counties with fewer than 5 people have no groups
-- incremental_on: worker_months.month
with
attributes as (
    select
        month,
        county,
        post,
        gender,
        age_group,
        coalesce(education, 'not_given') as education,
        coalesce(political_status, 'not_given') as political_status,
        coalesce(recruited_via, 'not_given') as recruited_via,
        coalesce(certificate, 'not_given') as certificate,
        coalesce(grade, 'not_given') as grade,
    from worker_months
    where county is not null
),
group_sizes as (
    select
        month,
        county,
        post,
        gender,
        age_group,
        education,
        political_status,
        recruited_via,
        certificate,
        grade,
        count(*) as workers,
    from attributes
    group by grouping sets (
        (month, county),
        (month, county, post),
        (month, county, gender),
        (month, county, age_group),
        (month, county, education),
        (month, county, political_status),
        (month, county, recruited_via),
        (month, county, certificate),
        (month, county, grade)
    )
),
attribute_groups as (
    select
        month,
        county,
        case
            when post is not null then 'post'
            when gender is not null then 'gender'
            when age_group is not null then 'age_group'
            when education is not null then 'education'
            when political_status is not null then 'political_status'
            when recruited_via is not null then 'recruited_via'
            when certificate is not null then 'certificate'
            when grade is not null then 'grade'
            else 'all'
        end as attribute,
        coalesce(
            post, gender, age_group, education, political_status, recruited_via, certificate, grade, 'all'
        ) as attribute_value,
        workers,
    from group_sizes
),
-- The groups of an attribute add up to the county's workers, a known total.
groups_by_size as (
    select
        *,
        min(workers) over (partition by month, county, attribute) as fewest,
        sum(workers) over (partition by month, county, attribute) as together,
        -- The first group of five or more by name, whatever its size.
        workers >= 5 and attribute_value = min(case when workers >= 5 then attribute_value end) over (
            partition by month, county, attribute
        ) as is_first_of_enough,
    from attribute_groups
),
groups_left_out as (
    select
        *,
        -- Hides groups below five, and one larger group so that they cannot be derived.
        fewest < 5 and (workers < 5 or is_first_of_enough) as is_left_out,
    from groups_by_size
),
groups_with_rule as (
    select
        *,
        -- If the hidden groups could still be derived from the total, hides the whole attribute.
        not is_left_out
        and (
            fewest >= 5
            or sum(case when is_left_out then workers - 1 end) over (partition by month, county, attribute) >= 5
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
    case when groups_with_rule.is_shown then groups_with_rule.workers end as workers,
from groups_with_rule
inner join intermediate.area_paths as paths
    on groups_with_rule.county = paths.area_code
where groups_with_rule.attribute = 'all' or groups_with_rule.together >= 5
