-- title: 执行的标准 | Standards in force
-- grain: value, clause
-- params: standard, area
select
    standards.value,
    standards.clause,
    standards.basis,
    count(*) as communities,
from intermediate.standards_in_force as standards
inner join intermediate.area_paths as paths
    on standards.area_code = paths.area_code
where standards.standard = $standard
    and standards.month = (select max(month) from staging.months)
    and paths.level = 'community'
    and paths.is_urban
    and ($area is null or $area in (paths.province, paths.city, paths.county, paths.street, paths.community))
group by standards.value, standards.clause, standards.basis
order by communities desc, standards.value
