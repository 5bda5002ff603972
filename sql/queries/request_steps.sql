-- title: 诉求走到哪一步 | Requests by step reached
-- grain: step
-- note: 走到这一步或更后一步的件数。直接受理而不经发布的，认领后算作到过“发布或直接受理”；已评价、满意（4 分以上）只计已办结的 | Requests that reached at least this step. Requests accepted without publication pass that step once claimed; rated and satisfied (4 or more) count closed requests only
with
reached as (
    select
        sum(requests)::bigint as raised,
        sum(came_to_publishing)::bigint as published,
        sum(came_to_claiming)::bigint as claimed,
        sum(closed)::bigint as closed,
        sum(rated)::bigint as rated,
        sum(satisfied)::bigint as satisfied,
    from request_months
),
steps as (
    select 1 as place, 'raised' as step, raised as count from reached
    union all
    select 2, 'published', published from reached
    union all
    select 3, 'claimed', claimed from reached
    union all
    select 4, 'closed', closed from reached
    union all
    select 5, 'rated', rated from reached
    union all
    select 6, 'satisfied', satisfied from reached
)
select
    step,
    count,
from steps
-- No steps without requests.
where (select raised from reached) > 0
order by place
