-- title: 期内流动率 | Turnover over the period
-- grain: one row
-- people: joiners, leavers, average_on_post
-- of_people: turnover_percent = 100.0 * leavers / nullif(average_on_post, 0)
-- note: 期内离职 ÷ 期内各月月均在岗 | Leavers ÷ average monthly number in post
with
on_post as (
    select
        month,
        count(distinct worker_id) as workers,
    from worker_months
    group by month
),
average_on_post as (
    select
        avg(workers) as average_on_post,
        count(*) as months,
    from on_post
),
moves as (
    select
        count(*) filter (where move in ('hire', 'return')) as joiners,
        count(*) filter (where move = 'leave') as leavers,
    from worker_moves
)
select
    moves.joiners,
    moves.leavers,
    average_on_post.average_on_post,
    average_on_post.months,
    100.0 * moves.leavers / nullif(average_on_post.average_on_post, 0) as turnover_percent,
from moves
cross join average_on_post
