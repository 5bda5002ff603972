-- title: 在岗社区工作者（月） | Community workers on post at each month's end
-- grain: worker, month
-- counts: workers
with
rosters as (
    select
        *,
        lead(as_of) over (partition by worker_id order by as_of) as superseded_on,
    from staging.workers
),
on_post as (
    select
        months.month,
        months.observed_on,
        rosters.*,
        year(months.observed_on) - year(rosters.birth_date)
            - case
                when month(months.observed_on) * 100 + day(months.observed_on)
                    < month(rosters.birth_date) * 100 + day(rosters.birth_date) then 1
                else 0
            end as age,
    from rosters
    inner join staging.months as months
        on rosters.hire_date <= months.observed_on
        and (rosters.leave_date is null or rosters.leave_date > months.observed_on)
        and (rosters.as_of is null or rosters.as_of <= months.observed_on)
        and (rosters.superseded_on is null or rosters.superseded_on > months.observed_on)
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
    cross join (select max(observed_on) as observed_on from staging.months) as data_date
    where attendance.is_completed
        and sessions.started_on <= data_date.observed_on
    group by attendance.attendee_id, date_trunc('month', sessions.started_on)::date
),
-- What was completed holds until the next month with something completed.
training_periods as (
    select
        *,
        lead(month) over (partition by attendee_id order by month) as next_month,
    from completed_months
),
training_reported as (
    select district
    from bases.reports
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
    on_post.public_seat,
    on_post.reserve_for,
    on_post.age,
    case
        when on_post.age <= 30 then '18-30'
        when on_post.age <= 40 then '31-40'
        when on_post.age <= 50 then '41-50'
        when on_post.age <= 60 then '51-60'
        else '61-70'
    end as age_group,
    on_post.grade,
    -- A certificate gained later does not count for the months before it.
    case
        when on_post.certified_on is null or on_post.certified_on <= on_post.observed_on
            then coalesce(on_post.certificate, 'none')
        else 'none'
    end as certificate,
    -- A year's tier is known, and paid, from the next year on.
    tier_years.tier,
    -- A district that sent no attendance has no training figures; one that did has people without any.
    case when training_reported.district is not null then 1 else 0 end as training_is_reported,
    training_periods.completed_on as last_completed_on,
    case
        when training_periods.month = on_post.month then training_periods.hours
        when training_reported.district is not null then 0
    end as training_hours,
from on_post
inner join bases.area_paths as paths
    on on_post.community_code = paths.area_code
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
