-- title: 考核 | Assessments
-- grain: worker, year
-- counts: assessments
with
rosters as (
    select worker_id, community_code, post
    from staging.workers
    qualify row_number() over (partition by worker_id order by as_of desc nulls last) = 1
),
weights as (
    select
        area_code,
        split_part(item, ':', 1) as post,
        sum(value) filter (where split_part(item, ':', 2) = 'daily') as daily_weight,
        sum(value) filter (where split_part(item, ':', 2) = 'annual') as annual_weight,
        sum(value) filter (where split_part(item, ':', 2) = 'feedback') as feedback_weight,
    from bases.standard_items_in_force
    where standard = 'assessment_weight'
        and month = (select max(month) from staging.months)
    group by area_code, split_part(item, ':', 1)
)
select
    (assessments.assess_year || '-12-01')::date as month,
    date_trunc('year', (assessments.assess_year || '-12-01')::date)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    assessments.worker_id,
    rosters.post,
    assessments.result,
    assessments.tier,
    assessments.daily_score,
    assessments.annual_score,
    assessments.feedback_score,
    -- Weighed as the area's own rule says, which may leave a score out; evenly where it says nothing.
    case
        when weights.post is null
            then (assessments.daily_score + assessments.annual_score + assessments.feedback_score) / 3
        else (
            assessments.daily_score * coalesce(weights.daily_weight, 0)
            + assessments.annual_score * coalesce(weights.annual_weight, 0)
            + assessments.feedback_score * coalesce(weights.feedback_weight, 0)
        ) / nullif(
            coalesce(weights.daily_weight, 0) + coalesce(weights.annual_weight, 0) + coalesce(weights.feedback_weight, 0),
            0
        )
    end as total_score,
from staging.assessments as assessments
inner join rosters
    on assessments.worker_id = rosters.worker_id
left join staging.areas as communities
    on rosters.community_code = communities.area_code
left join weights
    on communities.parent_code = weights.area_code
    and rosters.post = weights.post
inner join bases.area_paths as paths
    on rosters.community_code = paths.area_code
