-- title: 没有参训记录的培训班次 | Training sessions without attendance records
-- severity: warn
-- people: none
-- fix: 补报参训记录，或核对培训班次编号 | Submit the attendance records, or check the session IDs
select
    coalesce(sessions.community, sessions.street, sessions.county, sessions.city, sessions.province) as area_code,
    sessions.session_id,
    sessions.title,
    sessions.started_on,
from training_sessions as sessions
left join staging.training_attendance as attendance
    on sessions.session_id = attendance.session_id
where attendance.session_id is null
order by area_code, sessions.session_id
