-- title: 岗位等级超出区间 | Grades outside the band of the post
-- severity: warn
-- fix: 核对名册里的岗位和等级，或标准里的 grade_band | Check post and grade in the roster, or grade_band in the standards
select
    workers.worker_id,
    workers.post,
    workers.grade,
    bands.value as lowest_grade,
    bands.upper as highest_grade,
from worker_months as workers
inner join staging.areas as communities
    on workers.community = communities.area_code
inner join bases.standard_items_in_force as bands
    on communities.parent_code = bands.area_code
    and workers.month = bands.month
    and bands.standard = 'grade_band'
    and bands.item = workers.post
where workers.month = (select max(month) from staging.months)
    and (workers.grade < bands.value or workers.grade > bands.upper)
order by workers.worker_id
