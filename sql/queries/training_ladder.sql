-- title: 培训阶梯 | Training ladder
-- grain: programme
-- people: workers, reached, people
-- of_people: reached = least(reached, workers)
-- of_people: share = 100.0 * reached / nullif(workers, 0)
-- note: 每一级面向谁，期末在岗的这些人里有多少人完成过；只列有人参加过的项目 | Each programme's target group, and how many of them in post at the end of the period have ever completed it; only programmes with attendance
with
period_end as (
    select max(month) as month
    from worker_months
),
hires as (
    select worker_id, max(hire_date) as hired_on
    from staging.workers
    group by worker_id
),
on_post as (
    select
        worker_months.worker_id,
        worker_months.post,
        worker_months.reserve_for,
        worker_months.certificate,
        hires.hired_on > calendar.observed_on - interval 12 month as is_new,
    from worker_months
    inner join period_end
        on worker_months.month = period_end.month
    inner join staging.months as calendar
        on worker_months.month = calendar.month
    inner join hires
        on worker_months.worker_id = hires.worker_id
    where worker_months.training_is_reported = 1
),
rungs as (
    select listed.*
    from (
        values
            (1, 'onboarding', 'hired_within_a_year'),
            (2, 'skills_class', 'everyone'),
            (3, 'certificate_prep', 'uncertified'),
            (4, 'growth', 'reserves'),
            (5, 'secretary_class', 'secretaries_and_deputies'),
            (6, 'leadership', 'secretaries'),
            (7, 'salon', 'open_to_all'),
            (8, 'field_study', 'open_to_all')
    ) as listed (rung, programme, for_whom)
),
attended as (
    select
        programme,
        count(distinct session_id) as sessions,
        count(distinct attendee_id) filter (where completed = 1) as people,
        max(month) as last_month,
    from training_attendance
    where attendee_kind = 'worker'
    group by programme
),
completed as (
    select distinct attendee_id, programme
    from training_attendance
    where completed = 1
),
targets as (
    select
        rungs.programme,
        count(*) as workers,
        count(completed.attendee_id) as reached,
    from rungs
    inner join on_post
        on case rungs.for_whom
            when 'hired_within_a_year' then on_post.is_new
            when 'everyone' then true
            when 'uncertified' then on_post.certificate = 'none'
            when 'reserves' then on_post.reserve_for <> 'none'
            when 'secretaries_and_deputies' then on_post.post in ('secretary', 'deputy')
            when 'secretaries' then on_post.post = 'secretary'
        end
    left join completed
        on rungs.programme = completed.programme
        and on_post.worker_id = completed.attendee_id
    group by rungs.programme
)
select
    rungs.rung,
    rungs.programme,
    rungs.for_whom,
    targets.workers,
    targets.reached,
    100.0 * targets.reached / nullif(targets.workers, 0) as share,
    attended.sessions,
    attended.people,
    attended.last_month,
from rungs
inner join attended
    on rungs.programme = attended.programme
left join targets
    on rungs.programme = targets.programme
order by rungs.rung
