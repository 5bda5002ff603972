-- title: 考核权重之和不是 100 | Assessment weights that do not add up to 100
-- severity: warn
-- fix: 改正标准里的 assessment_weight | Correct assessment_weight in the standards
select
    area_code,
    item_group as post,
    sum(value) as weights,
from area_standards
where standard = 'assessment_weight'
    and month = (select max(month) from staging.months)
group by area_code, item_group
having abs(sum(value) - 100) > 0.01
order by area_code, post
