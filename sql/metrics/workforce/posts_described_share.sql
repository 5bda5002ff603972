-- title: 岗位说明齐全比例 | Share with a full post description
-- short: 岗位说明齐全 | Fully described
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- min_people: 5
-- note: 条线、小区、项目三项都写明的在岗者 ÷ 在岗者；名册缺其中一列的地区不计 | With function, estate and project ÷ workers in post; districts whose roster lacks any of these columns excluded
select
    100.0 * count(*) filter (where has_line_of_work and has_estate and has_project)
        / nullif(count(*) filter (
            where has_line_of_work is not null and has_estate is not null and has_project is not null
        ), 0) as value,
    count(*) filter (where has_line_of_work and has_estate and has_project) as numerator,
    count(*) filter (
        where has_line_of_work is not null and has_estate is not null and has_project is not null
    ) as denominator,
from worker_months
