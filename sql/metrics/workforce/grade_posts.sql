-- title: 岗位等级序列的岗位 | Posts on the grade ladder
-- short: 岗位 | Posts on the ladder
-- unit: posts
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 执行中的标准条目 grade_band | Items of the standard grade_band in force
select
    count(*) filter (where standard = 'grade_band') as value,
from area_standards
