-- title: 岗位等级序列的等级 | Grades on the grade ladder
-- short: 等级 | Grades on the ladder
-- unit: grades
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 岗位等级区间的最高级 | The highest grade of any band
select
    max(upper) filter (where standard = 'grade_band') as value,
from area_standards
