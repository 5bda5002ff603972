-- title: 各地各月执行的条目 | Standard items in force by area and month
-- grain: area, month, standard, item
-- sql_lab: no_person
-- note: 清单以最近一级的整份清单为准；社区以上各级 | A list is taken whole from the nearest area; subdistrict level and above
-- incremental_on: months.month
with
-- Reporting intervals are read by intermediate.report_status, the steps of a pace by intermediate.paces_in_force.
sources as (
    select
        ancestors.area_code,
        ancestors.distance,
        standards.* exclude (area_code),  -- noqa: RF02
    from staging.standards as standards
    inner join intermediate.area_ancestors as ancestors
        on standards.area_code = ancestors.ancestor_code
    where standards.item is not null
        and standards.standard <> 'report_interval'
        and standards.item not like 'pace:%'
    union all
    select
        areas.area_code,
        99 as distance,
        standards.* exclude (area_code),  -- noqa: RF02
    from staging.standards as standards
    cross join staging.areas as areas
    where standards.area_code is null
        and standards.item is not null
        and standards.standard <> 'report_interval'
        and standards.item not like 'pace:%'
),
in_force as (
    select
        sources.area_code,
        sources.distance,
        sources.since,
        months.month,
        sources.standard,
        sources.item,
        sources.value,
        sources.upper,
        sources.obligation,
        sources.clause,
        sources.basis,
        sources.source_row,
    from sources
    inner join staging.areas as areas
        on sources.area_code = areas.area_code
        and areas.level <> 'community'
    inner join staging.months as months
        on sources.since <= months.observed_on
        and (sources.until is null or sources.until > months.observed_on)
),
nearest_lists as (
    select *
    from in_force
    qualify rank() over (partition by area_code, month, standard order by distance) = 1
)
select
    area_code,
    month,
    standard,
    item,
    value,
    upper,
    obligation,
    clause,
    basis,
    source_row,
from nearest_lists
-- If an item has changed, the most recent text is in force.
qualify row_number() over (partition by area_code, month, standard, item order by since desc) = 1
