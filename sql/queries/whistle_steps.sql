-- title: 吹哨走到哪一步 | Calls to departments by step reached
-- grain: step
-- note: 事项类型为吹哨服务的：吹哨、认领、办结、按时办结；没有时限的办结即按时 | Requests of that type: called, claimed, closed, closed on time; without a due time, closing counts as on time
with
reached as (
    select
        count(*) as whistle,
        count(coalesce(claimed_at, closed_at)) as claimed,
        count(closed_at) as closed,
        count(closed_at) filter (where due_at is null or closed_at <= due_at) as in_time,
    from requests
    where kind = 'whistle'
),
steps as (
    select 1 as place, 'whistle' as step, whistle as count from reached
    union all
    select 2, 'claimed', claimed from reached
    union all
    select 3, 'closed', closed from reached
    union all
    select 4, 'in_time', in_time from reached
)
select
    step,
    count,
from steps
-- No steps without requests.
where (select whistle from reached) > 0
order by place
