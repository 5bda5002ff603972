-- title: 考核 | Assessments
-- grain: worker, year
-- source_table: assessments
-- column_sources: career_events (followed_by)
with
data_date as (
    select max(observed_on) as observed_on
    from staging.months
),
rosters as (
    select worker_id, community_code, post, until
    from intermediate.roster_periods
    qualify row_number() over (partition by worker_id order by as_of desc nulls last) = 1
),
weights as (
    select
        area_code,
        split_part(item, ':', 1) as post,
        sum(value) filter (where split_part(item, ':', 2) = 'daily') as daily_weight,
        sum(value) filter (where split_part(item, ':', 2) = 'annual') as annual_weight,
        sum(value) filter (where split_part(item, ':', 2) = 'feedback') as feedback_weight,
    from intermediate.standard_items_in_force
    where standard = 'assessment_weight'
        and month = (select max(month) from staging.months)
    group by area_code, split_part(item, ':', 1)
),
exit_after as (
    select area_code, value as failed_years
    from intermediate.standards_in_force
    where standard = 'consecutive_failed_years'
        and month = (select max(month) from staging.months)
),
-- Consecutive years share the same difference from the running count of fails.
failed_years as (
    select
        worker_id,
        assess_year,
        assess_year - row_number() over (partition by worker_id order by assess_year) as run,
    from staging.assessments
    where result = 'incompetent'
),
failed_runs as (
    select
        worker_id,
        assess_year,
        row_number() over (partition by worker_id, run order by assess_year) as failed_in_a_row,
    from failed_years
),
-- The most severe action on record after a fail, up to the data date.
measures as (
    select
        failed_years.worker_id,
        failed_years.assess_year,
        bool_or(events.kind = 'dismissal') as dismissed,
        bool_or(events.kind = 'demotion') as demoted,
        bool_or(events.kind = 'admonition') as admonished,
    from failed_years
    cross join data_date
    inner join staging.career_events as events
        on failed_years.worker_id = events.worker_id
        and events.on_date > make_date(failed_years.assess_year, 12, 31)
        and events.on_date <= data_date.observed_on
    group by failed_years.worker_id, failed_years.assess_year
),
events_reported as (
    select district
    from intermediate.tables_reported
    where table_name = 'career_events'
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
    -- Uses the area's own weights, which may omit a score; equal weights where none are set.
    case
        when weights.post is null
            then (assessments.daily_score + assessments.annual_score + assessments.feedback_score) / 3
        else (
            assessments.daily_score * coalesce(weights.daily_weight, 0)
            + assessments.annual_score * coalesce(weights.annual_weight, 0)
            + assessments.feedback_score * coalesce(weights.feedback_weight, 0)
        ) / nullif(
            coalesce(weights.daily_weight, 0)
            + coalesce(weights.annual_weight, 0)
            + coalesce(weights.feedback_weight, 0),
            0
        )
    end as total_score,
    coalesce(failed_runs.failed_in_a_row, 0) as failed_in_a_row,
    -- Empty where the area sets no exit limit.
    coalesce(failed_runs.failed_in_a_row, 0) >= exit_after.failed_years as must_leave,
    rosters.until is null or rosters.until > data_date.observed_on as is_on_post,
    -- Without a career events file, what followed is unknown.
    case
        when assessments.result <> 'incompetent' or events_reported.district is null then null
        when measures.dismissed then 'dismissal'
        when measures.demoted then 'demotion'
        when measures.admonished then 'admonition'
        when rosters.until <= data_date.observed_on then 'left'
        else 'nothing'
    end as followed_by,
from staging.assessments as assessments
inner join rosters
    on assessments.worker_id = rosters.worker_id
left join staging.areas as communities
    on rosters.community_code = communities.area_code
left join weights
    on communities.parent_code = weights.area_code
    and rosters.post = weights.post
left join exit_after
    on rosters.community_code = exit_after.area_code
left join failed_runs
    on assessments.worker_id = failed_runs.worker_id
    and assessments.assess_year = failed_runs.assess_year
left join measures
    on assessments.worker_id = measures.worker_id
    and assessments.assess_year = measures.assess_year
cross join data_date
inner join intermediate.area_paths as paths
    on rosters.community_code = paths.area_code
left join events_reported
    on paths.district = events_reported.district
-- Ignores future years.
where assessments.assess_year <= year(data_date.observed_on)
