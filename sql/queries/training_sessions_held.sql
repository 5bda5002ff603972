-- title: 期内班次 | Sessions in the period
-- grain: session
-- people: attended, completed
-- note: 本地举办的，和本地人员参加的上级班次；人数只计本地人员 | Sessions held here, plus higher-level sessions attended from here; only local people are counted
with
attended as (
    select
        session_id,
        count(*) as attended,
        sum(completed) as completed,
    from training_attendance
    group by session_id
),
of_the_period as (
    select session_id
    from training_sessions
    union
    select session_id
    from attended
)
select
    sessions.session_id,
    sessions.started_on,
    sessions.title,
    sessions.programme,
    sessions.organiser_level,
    paths.area_name as organiser,
    sessions.course,
    sessions.topic,
    sessions.university,
    places.place_name,
    sessions.hours,
    coalesce(attended.attended, 0) as attended,
    coalesce(attended.completed, 0)::bigint as completed,
from of_the_period
inner join staging.training_sessions as sessions
    on of_the_period.session_id = sessions.session_id
inner join intermediate.area_paths as paths
    on sessions.area_code = paths.area_code
left join staging.places as places
    on sessions.place_id = places.place_id
left join attended
    on of_the_period.session_id = attended.session_id
order by sessions.started_on desc, sessions.session_id
