-- title: 物业年度共建项目 | Joint projects required of a property company per year
-- unit: projects
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 标准 property_projects_per_year | From the standard property_projects_per_year
select
    max(value) filter (where standard = 'property_projects_per_year') as value,
from area_standards
