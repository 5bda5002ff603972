-- title: 物业年度共建项目 | Joint projects a property company signs a year
-- unit: projects
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 标准 property_projects_per_year | Standard property_projects_per_year
select
    max(value) filter (where standard = 'property_projects_per_year') as value,
from area_standards
