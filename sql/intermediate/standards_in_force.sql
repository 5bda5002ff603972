-- title: 各地各月执行的标准 | Standards in force by area and month
-- grain: area, month, standard
-- sql_lab: no_person
-- incremental_on: months.month
with
-- One row per possible source of a standard: the area itself, areas above it, and finally the national one.
sources as (
    select
        ancestors.area_code,
        ancestors.distance,
        standards.standard,
        standards.since,
        standards.until,
        standards.value,
        standards.upper,
        standards.clause,
        standards.basis,
    from staging.standards as standards
    inner join intermediate.area_ancestors as ancestors
        on standards.area_code = ancestors.ancestor_code
    where standards.item is null
    union all
    select
        areas.area_code,
        99 as distance,
        standards.standard,
        standards.since,
        standards.until,
        standards.value,
        standards.upper,
        standards.clause,
        standards.basis,
    from staging.standards as standards
    cross join staging.areas as areas
    where standards.area_code is null
        and standards.item is null
)
select
    sources.area_code,
    months.month,
    sources.standard,
    sources.value,
    sources.upper,
    sources.clause,
    sources.basis,
from sources
inner join staging.months as months
    on sources.since <= months.observed_on
    and (sources.until is null or sources.until > months.observed_on)
qualify row_number() over (
    partition by sources.area_code, months.month, sources.standard
    order by sources.distance, sources.since desc
) = 1
