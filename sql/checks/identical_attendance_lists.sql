-- title: 参训名单完全相同的培训班次 | Training sessions with identical attendance lists
-- severity: verify
-- people: attendees
-- fix: 核对是否把一份名单重复报给了几个班次；确实是同一批人且结果相同的，不用改 | Check whether one list was submitted for several sessions; if the same people really had the same results, no change is needed
-- note: 两个不同日期的班次各有 10 人及以上参训，人员、是否结业、训前训后得分逐人相同；列出除最早一期外的各期 | Two sessions on different days, each with at least 10 attendees, identical in every attendee, completion and score; all but the earliest are listed
with
lists as (
    select
        session_id,
        count(*) as attendees,
        list((attendee_id, is_completed, score_before, score_after) order by attendee_id) as attendance,
    from staging.training_attendance
    group by session_id
    having count(*) >= 10
),
alike as (
    select
        lists.session_id,
        coalesce(sessions.community, sessions.street, sessions.county, sessions.city, sessions.province) as area_code,
        sessions.started_on,
        lists.attendees,
        first_value(lists.session_id) over earliest_first as same_as_session_id,
        first_value(sessions.started_on) over earliest_first as same_as_started_on,
    from lists
    inner join training_sessions as sessions
        on lists.session_id = sessions.session_id
    window earliest_first as (partition by lists.attendance order by sessions.started_on, lists.session_id)
)
select
    area_code,
    session_id,
    started_on,
    same_as_session_id,
    same_as_started_on,
    attendees,
from alike
where started_on > same_as_started_on
order by area_code, started_on, session_id
