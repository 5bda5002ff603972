-- title: 课程和专题 | Courses and topics
-- grain: offer
-- people: person_times
-- note: 近 12 个月开过的计入课程数、专题数；其余为以前开过的 | Course and topic counts use the last 12 months; the others were held earlier
with
period_end as (
    select max(month) as month
    from community_months
),
offers as (
    select session_id, started_on, 'course' as offer_kind, course as offer
    from training_sessions
    where course is not null
    union all
    select session_id, started_on, 'topic' as offer_kind, topic as offer
    from training_sessions
    where topic is not null
),
completed as (
    select session_id, sum(completed) as person_times
    from training_attendance
    group by session_id
),
in_the_last_year as (
    select distinct training_offers.offer_kind, training_offers.offer
    from training_offers
    inner join period_end
        on training_offers.month = period_end.month
)
select
    offers.offer_kind,
    offers.offer,
    in_the_last_year.offer is not null as is_current,
    count(*) as sessions,
    coalesce(sum(completed.person_times), 0)::bigint as person_times,
    max(offers.started_on) as last_held_on,
from offers
left join completed
    on offers.session_id = completed.session_id
left join in_the_last_year
    on offers.offer_kind = in_the_last_year.offer_kind
    and offers.offer = in_the_last_year.offer
group by offers.offer_kind, offers.offer, is_current
order by offers.offer_kind, is_current desc, last_held_on desc, offers.offer
