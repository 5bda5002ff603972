-- title: 岗位等级的级 | Grades on the grade ladder
-- unit: items
-- decimals: 0
-- better: none
-- over_time: latest
-- note: 岗位等级区间的最高级 | The highest grade of any band
select
    max(upper) filter (where standard = 'grade_band') as value,
from area_standards
