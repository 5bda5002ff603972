-- title: 各岗位的等级与区间 | Grades by post, with their band
-- grain: post
-- people: workers, graded, below_band, above_band
-- note: 有等级的少于 5 人时不显示等级 | Grades are hidden where fewer than 5 workers are graded
with
month_end as (
    select *
    from worker_months
    where month = (select max(month) from worker_months)
),
posts as (
    select
        post,
        count(*) as workers,
        count(grade) as graded,
        -- Uses the widest band where areas in the scope have their own.
        min(band_lowest) as band_lowest,
        max(band_highest) as band_highest,
        median(grade::integer) as median_grade,
        min(grade::integer) as lowest_grade,
        max(grade::integer) as highest_grade,
        count(*) filter (where grade::integer < band_lowest) as below_band,
        count(*) filter (where grade::integer > band_highest) as above_band,
    from month_end
    group by post
)
select
    post,
    workers,
    graded,
    band_lowest,
    band_highest,
    case when graded >= 5 then median_grade end as median_grade,
    case when graded >= 5 then lowest_grade end as lowest_grade,
    case when graded >= 5 then highest_grade end as highest_grade,
    case when graded >= 5 and band_lowest is not null then below_band end as below_band,
    case when graded >= 5 and band_highest is not null then above_band end as above_band,
from posts
order by case post when 'secretary' then 1 when 'deputy' then 2 when 'worker' then 3 else 4 end, post
