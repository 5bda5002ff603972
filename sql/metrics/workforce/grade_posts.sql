-- title: 岗位等级的岗 | Posts on the grade ladder
-- unit: items
-- decimals: 0
-- better: none
-- over_time: latest
-- note: 执行中的标准条目 grade_band | Items of the standard grade_band in force
select
    count(*) filter (where standard = 'grade_band') as value,
from area_standards
