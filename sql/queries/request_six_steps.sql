-- title: 提、听、议、定、办、评六步 | Six steps of deliberation
-- grain: step
-- note: 有议事或定事时间的诉求。提＝上报，听＝发布或认领，议＝议事，定＝定事，办＝办结，评＝办结后评价；走到这一步或更后一步都算，时长从上报起，只看有这一步时间的 | Requests with a discussion or decision time. Put forward = raised; heard = published or claimed; done = closed; reviewed = rated after closing. A request counts for every step up to the furthest it reached; days run from raising, over requests with a time for the step
with
deliberated as (
    select
        *,
        least(published_at, claimed_at) as heard_at,
    from requests
    where coalesce(discussed_at, decided_at) is not null
),
reached as (
    select
        count(*) as everything,
        count(coalesce(decided_at, closed_at)) as decided,
        count(closed_at) as done,
        count(closed_at) filter (where satisfaction is not null) as judged,
        median(epoch(heard_at) - epoch(raised_at)) / 86400.0 as days_to_hear,
        median(epoch(discussed_at) - epoch(raised_at)) / 86400.0 as days_to_discuss,
        median(epoch(decided_at) - epoch(raised_at)) / 86400.0 as days_to_decide,
        median(epoch(closed_at) - epoch(raised_at)) / 86400.0 as days_to_close,
    from deliberated
),
steps as (
    select 1 as place, 'proposed' as step, everything as count, null::double as median_days from reached
    union all
    select 2, 'heard', everything, days_to_hear from reached
    union all
    select 3, 'discussed', everything, days_to_discuss from reached
    union all
    select 4, 'decided', decided, days_to_decide from reached
    union all
    select 5, 'done', done, days_to_close from reached
    union all
    select 6, 'judged', judged, null from reached
)
select
    step,
    count,
    median_days,
from steps
-- No steps without requests.
where (select everything from reached) > 0
order by place
