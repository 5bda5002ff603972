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
applicable as (
    select *
    from nearest
    qualify obligation = 'required'
        or distance <= coalesce(
            min(case when obligation = 'required' then distance end)
                over (partition by applies_to, month, standard),
            100
        )
)
select
    applicable.applies_to as area_code,
    applicable.month,
    applicable.standard,
    applicable.obligation,
    applicable.value,
    applicable.upper,
    paces_in_force.expected,
    applicable.area_code as set_by,
    applicable.since,
    applicable.clause,
    applicable.basis,
from applicable
left join intermediate.paces_in_force as paces_in_force
    on coalesce(applicable.area_code, '') = coalesce(paces_in_force.area_code, '')
    and applicable.month = paces_in_force.month
    and applicable.standard = paces_in_force.standard
    and applicable.obligation = paces_in_force.obligation
    and applicable.since = paces_in_force.since
