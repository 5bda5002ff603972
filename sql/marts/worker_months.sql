-- title: 在岗社区工作者（月） | Community workers in post at month end
-- grain: worker, month
-- source_table: workers
-- column_sources: training_attendance (training_is_reported, last_completed_on, training_hours), assessments (tier)
-- incremental_on: standard_items_in_force.month, standards_in_force.month, months.month
with
data_date as (
    select max(observed_on) as observed_on
    from staging.months
),
on_post as (
    select
        months.month,
        months.observed_on,
        periods.*,
        year(months.observed_on) - year(periods.birth_date)
            - case
                when month(months.observed_on) * 100 + day(months.observed_on)
                    < month(periods.birth_date) * 100 + day(periods.birth_date) then 1
                else 0
            end as age,
    from intermediate.roster_periods as periods
    inner join staging.months as months
        on periods.since <= months.observed_on
        and (periods.until is null or periods.until > months.observed_on)
),
-- A missing column means unknown (null), not none.
columns_sent as (
    select
        paths.district,
        count(workers.certificate) > 0 as certificate,
        count(workers.public_seat) > 0 as public_seat,
        count(workers.reserve_for) > 0 as reserve_for,
        count(workers.line_of_work) > 0 as line_of_work,
        count(workers.estate_id) > 0 as estate,
        count(workers.project) > 0 as project,
    from staging.workers as workers
    inner join intermediate.area_paths as paths
        on workers.community_code = paths.area_code
    group by paths.district
),
grade_bands as (
    select
        area_code,
        month,
        item as post,
        round(value)::integer as band_lowest,
        round(upper)::integer as band_highest,
    from intermediate.standard_items_in_force
    where standard = 'grade_band'
),
completed_months as (
    select
        attendance.attendee_id,
        date_trunc('month', sessions.started_on)::date as month,
        max(sessions.started_on) as completed_on,
        sum(coalesce(sessions.hours, 0)) as hours,
    from staging.training_attendance as attendance
    inner join staging.training_sessions as sessions
        on attendance.session_id = sessions.session_id
    cross join data_date
    where attendance.is_completed
        and sessions.started_on <= data_date.observed_on
    group by attendance.attendee_id, date_trunc('month', sessions.started_on)::date
),
-- A completion stays valid until the next month with a completion.
training_periods as (
    select
        *,
        lead(month) over (partition by attendee_id order by month) as next_month,
    from completed_months
),
training_reported as (
    select district
    from intermediate.tables_reported
    where table_name = 'training_attendance'
),
tier_years as (
    select
        worker_id,
        assess_year,
        tier,
        lead(assess_year) over (partition by worker_id order by assess_year) as next_year,
    from staging.assessments
    where tier is not null
)
select
    on_post.month,
    date_trunc('year', on_post.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    on_post.worker_id,
    on_post.gender,
    on_post.education,
    on_post.political_status,
    on_post.post,
    on_post.recruited_via,
    case when columns_sent.public_seat then coalesce(on_post.public_seat, 'none') end as public_seat,
    case when columns_sent.reserve_for then coalesce(on_post.reserve_for, 'none') end as reserve_for,
    on_post.age,
    -- Five-year bands with a cut at 40, the limit for young workers.
    case
        when on_post.age <= 20 then '18-20'
        when on_post.age <= 25 then '21-25'
        when on_post.age <= 30 then '26-30'
        when on_post.age <= 35 then '31-35'
        when on_post.age <= 40 then '36-40'
        when on_post.age <= 45 then '41-45'
        when on_post.age <= 50 then '46-50'
        when on_post.age <= 55 then '51-55'
        when on_post.age <= 60 then '56-60'
        else '61+'
    end as age_group,
    -- Two-digit text sorts correctly as a dimension.
    lpad(on_post.grade::varchar, 2, '0') as grade,
    grade_bands.band_lowest,
    grade_bands.band_highest,
    -- A certificate does not count for months before it was gained.
    case
        when not columns_sent.certificate then null
        when on_post.certified_on is null or on_post.certified_on <= on_post.observed_on
            then coalesce(on_post.certificate, 'none')
        else 'none'
    end as certificate,
    on_post.has_pension,
    on_post.has_medical,
    on_post.has_housing_fund,
    -- The post description: function, estate, project led.
    case when columns_sent.line_of_work then on_post.line_of_work is not null end as has_line_of_work,
    case when columns_sent.estate then on_post.estate_id is not null end as has_estate,
    case when columns_sent.project then on_post.project is not null end as has_project,
    -- A year's tier is known and paid from the following year.
    tier_years.tier,
    -- Null where the district sent no attendance; otherwise people without attendance count as untrained.
    case when training_reported.district is not null then 1 else 0 end as training_is_reported,
    training_periods.completed_on as last_completed_on,
    case
        when training_periods.month = on_post.month then training_periods.hours
        when training_reported.district is not null then 0
    end as training_hours,
    training_required.value as training_standard,
    training_required.expected as training_expected,
    training_recommended.value as training_recommended,
    training_recommended.expected as training_recommended_expected,
from on_post
inner join intermediate.area_paths as paths
    on on_post.community_code = paths.area_code
inner join columns_sent
    on paths.district = columns_sent.district
left join grade_bands
    on paths.parent_code = grade_bands.area_code
    and on_post.month = grade_bands.month
    and on_post.post = grade_bands.post
left join training_periods
    on on_post.worker_id = training_periods.attendee_id
    and training_periods.month <= on_post.month
    and (training_periods.next_month is null or training_periods.next_month > on_post.month)
left join training_reported
    on paths.district = training_reported.district
left join tier_years
    on on_post.worker_id = tier_years.worker_id
    and tier_years.assess_year < year(on_post.month)
    and (tier_years.next_year is null or tier_years.next_year >= year(on_post.month))
left join intermediate.standards_in_force as training_required
    on on_post.community_code = training_required.area_code
    and on_post.month = training_required.month
    and training_required.standard = 'training_coverage'
    and training_required.obligation = 'required'
left join intermediate.standards_in_force as training_recommended
    on on_post.community_code = training_recommended.area_code
    and on_post.month = training_recommended.month
    and training_recommended.standard = 'training_coverage'
    and training_recommended.obligation = 'recommended'
