-- title: 等级超出区间 | Grades outside the band
-- short: 超出区间 | Outside band
-- unit: people
-- decimals: 0
-- direction: lower
-- aggregation: latest
-- note: 等级低于或高于本岗位区间的在岗者；没有等级或岗位没有区间的不计 | Workers in post graded below or above the band for their post; excludes workers without a grade and posts without a band
select
    case
        when count(grade) filter (where band_lowest is not null or band_highest is not null) > 0
            then count(distinct worker_id) filter (
                where grade::integer < band_lowest or grade::integer > band_highest
            )
    end as value,
from worker_months
