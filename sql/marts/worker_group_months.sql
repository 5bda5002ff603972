-- title: 社区工作者分组（月） | Community workers of each county by attribute at each month's end
-- grain: county, month, attribute, attribute value
-- sql_lab: groups
-- counts: workers
-- people: workers
-- note: 少于 5 人的组不列人数，一并不列的还有由合计能推出它的组；全县不足 5 人的不分组 | Groups of fewer than 5 people have no number, nor has a group by which such a one could be worked out from the total; a county of fewer than 5 has no groups
-- restates: worker_months.month
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
-- The groups of an attribute add up to the county's workers, whose number is known.
groups_by_size as (
    select
        *,
        min(workers) over (partition by month, county, attribute) as fewest,
        sum(workers) over (partition by month, county, attribute) as together,
        sum(workers) over (
            partition by month, county, attribute
            order by workers, attribute_value
            rows between unbounded preceding and current row
        ) - workers as smaller,
    from attribute_groups
)
select
    groups_by_size.month,
    date_trunc('year', groups_by_size.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    groups_by_size.attribute,
    groups_by_size.attribute_value,
    -- Beside a group of fewer than five go the next larger, until those left out are five people: at least two groups.
    case
        when groups_by_size.fewest >= 5 then groups_by_size.workers
        when groups_by_size.workers >= 5 and groups_by_size.smaller >= 5 then groups_by_size.workers
    end as workers,
from groups_by_size
inner join bases.area_paths as paths
    on groups_by_size.county = paths.area_code
where groups_by_size.attribute = 'all' or groups_by_size.together >= 5
