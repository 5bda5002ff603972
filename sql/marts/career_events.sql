-- title: 履历事件 | Career events
-- grain: event
-- source_table: career_events
-- incremental_on: career_events.on_date, months.month
with
data_date as (
    select max(observed_on) as observed_on
    from staging.months
),
rosters as (
    select worker_id, community_code
    from staging.workers
    qualify row_number() over (partition by worker_id order by as_of desc nulls last) = 1
)
select
    date_trunc('month', events.on_date)::date as month,
    date_trunc('year', events.on_date)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    events.event_id,
    events.worker_id,
    events.on_date,
    events.kind,
    events.post_at_event,
    events.detail,
from staging.career_events as events
inner join rosters
    on events.worker_id = rosters.worker_id
cross join data_date
inner join intermediate.area_paths as paths
    on rosters.community_code = paths.area_code
where events.on_date <= data_date.observed_on
