-- title: 岗位等级超出区间 | Grades outside the band for the post
-- severity: warn
-- people: rows
-- fix: 核对名册里的岗位和等级，或标准里的 grade_band | Check post and grade in the roster, or grade_band in the standards
select
    community as area_code,
    worker_id,
    post,
    grade,
    band_lowest,
    band_highest,
from worker_months
where month = (select max(month) from worker_months)
    and (grade::integer < band_lowest or grade::integer > band_highest)
order by area_code, worker_id
