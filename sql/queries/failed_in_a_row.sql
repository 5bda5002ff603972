-- title: 连续不称职的年数和其后的处理 | Consecutive fails and what followed
-- grain: years in a row
-- people: workers, dismissed, demoted, admonished, left_otherwise, on_post, nothing_followed
-- note: 每人按最长的一次连续计一次；处理算到数据日；不称职不足 5 人时不显示 | Each person counted once, by the longest run; what followed by the data date; hidden below 5 fails
with
longest as (
    select
        worker_id,
        max(failed_in_a_row) as failed_in_a_row,
        bool_or(must_leave) as must_leave,
        arg_max(followed_by, month) as followed_by,
        bool_or(is_on_post) as is_on_post,
    from assessments
    where failed_in_a_row > 0
    group by worker_id
),
runs as (
    select
        failed_in_a_row,
        bool_or(must_leave) as must_leave,
        count(*) as workers,
        sum(count(*)) over () as all_failed,
        count(*) filter (where followed_by = 'dismissal') as dismissed,
        count(*) filter (where followed_by = 'demotion') as demoted,
        count(*) filter (where followed_by = 'admonition') as admonished,
        count(*) filter (where followed_by = 'left') as left_otherwise,
        count(*) filter (where is_on_post) as on_post,
        count(*) filter (where followed_by = 'nothing') as nothing_followed,
    from longest
    group by failed_in_a_row
)
select
    failed_in_a_row,
    must_leave,
    workers,
    dismissed,
    demoted,
    admonished,
    left_otherwise,
    on_post,
    nothing_followed,
from runs
where all_failed >= 5
order by failed_in_a_row
