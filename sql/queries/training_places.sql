-- title: 现场教学点和书记工作室 | Teaching points and secretary studios
-- grain: place
-- note: 已启用且未停用；期数为在此举办的班次 | Opened and not closed; sessions are those held there
with
period_end as (
    select max(month) as month
    from community_months
),
held as (
    select
        sessions.place_id,
        count(*) as sessions,
        max(sessions.started_on) as last_held_on,
    from staging.training_sessions as sessions
    inner join staging.months as months
        on sessions.started_on <= months.observed_on
    inner join period_end
        on months.month = period_end.month
    group by sessions.place_id
)
select
    place_months.place_id,
    places.place_name,
    place_months.kind,
    paths.area_name as community_name,
    places.opened_on,
    coalesce(held.sessions, 0) as sessions,
    held.last_held_on,
from place_months
inner join period_end
    on place_months.month = period_end.month
inner join staging.places as places
    on place_months.place_id = places.place_id
inner join intermediate.area_paths as paths
    on place_months.community = paths.area_code
left join held
    on place_months.place_id = held.place_id
where place_months.kind in ('teaching_point', 'secretary_studio')
order by place_months.kind desc, sessions desc, held.last_held_on desc nulls last, place_months.place_id
