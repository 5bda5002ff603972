-- title: 执行的标准 | Standards in force
-- grain: obligation, value, area that set it, since, clause
-- params: standard, area, month
-- note: 期末在这个区域的社区执行的标准；约束性的在前，适用社区多的在前 | Standards in force in the area's communities at the end of the period: required ones first, then those that apply to most communities
select
    standards.obligation,
    standards.value,
    setters.area_name as set_by,
    standards.since,
    standards.clause,
    standards.basis,
    count(*) as communities,
from intermediate.standards_in_force as standards
inner join intermediate.area_paths as paths
    on standards.area_code = paths.area_code
left join intermediate.area_paths as setters
    on standards.set_by = setters.area_code
where standards.standard = $standard
    and standards.month = $month
    and paths.level = 'community'
    and ($area is null or $area in (paths.province, paths.city, paths.county, paths.street, paths.community))
group by
    standards.obligation,
    standards.value,
    setters.area_name,
    standards.since,
    standards.clause,
    standards.basis
order by standards.obligation desc, communities desc, standards.value, standards.clause
