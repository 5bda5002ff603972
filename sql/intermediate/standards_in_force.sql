-- title: 各地各月执行的标准 | Standards in force by area and month
-- grain: area, month, standard, obligation
-- sql_lab: no_person
-- note: 约束性和推荐性的各取最近一级；更近一级有约束性的，推荐性的不再适用 | Of the required and of the recommended values, the nearest area's; a recommended one gives way to a required one of a nearer area
-- incremental_on: paces_in_force.month, months.month
with
-- One row per possible source of a standard: the area itself, areas above it, and finally the national one.
sources as (
    select
        ancestors.area_code as applies_to,
        ancestors.distance,
        standards.*,
    from staging.standards as standards
    inner join intermediate.area_ancestors as ancestors
        on standards.area_code = ancestors.ancestor_code
    where standards.item is null
    union all
    select
        areas.area_code as applies_to,
        99 as distance,
        standards.*,
    from staging.standards as standards
    cross join staging.areas as areas
    where standards.area_code is null
        and standards.item is null
),
nearest as (
    select
        months.month,
        sources.*,
    from sources
    inner join staging.months as months
        on sources.since <= months.observed_on
        and (sources.until is null or sources.until > months.observed_on)
    qualify row_number() over (
        partition by sources.applies_to, months.month, sources.standard, sources.obligation
        order by sources.distance, sources.since desc
    ) = 1
),
required as (
    select
        applies_to,
        month,
        standard,
        distance,
    from nearest
    where obligation = 'required'
)
select
    nearest.applies_to as area_code,
    nearest.month,
    nearest.standard,
    nearest.obligation,
    nearest.value,
    nearest.upper,
    paces_in_force.expected,
    nearest.area_code as set_by,
    nearest.since,
    nearest.clause,
    nearest.basis,
from nearest
left join required
    on nearest.applies_to = required.applies_to
    and nearest.month = required.month
    and nearest.standard = required.standard
left join intermediate.paces_in_force as paces_in_force
    on coalesce(nearest.area_code, '') = coalesce(paces_in_force.area_code, '')
    and nearest.month = paces_in_force.month
    and nearest.standard = paces_in_force.standard
    and nearest.obligation = paces_in_force.obligation
    and nearest.since = paces_in_force.since
where nearest.obligation = 'required'
    or required.distance is null
    or nearest.distance <= required.distance
