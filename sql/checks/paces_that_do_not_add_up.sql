-- title: 分月进度与全年目标不符 | Paces that do not add up to the year's target
-- severity: warn
-- fix: 改正标准里的 pace:01 到 pace:12：各月只增不减，12 月等于全年的数值 | Correct pace:01 … pace:12 in the standards: no month below the one before, December equal to the year's value
with
data_date as (
    select max(observed_on) as observed_on
    from staging.months
),
in_force as (
    select standards.*
    from staging.standards as standards
    cross join data_date
    where standards.since <= data_date.observed_on
        and (standards.until is null or standards.until > data_date.observed_on)
),
steps as (
    select
        coalesce(area_code, '') as area_code,
        standard,
        obligation,
        item,
        value,
        value < max(value) over (
            partition by area_code, standard, obligation
            order by item
            rows between unbounded preceding and 1 preceding
        ) as is_falling,
    from in_force
    where item like 'pace:%'
    -- A changed step: the later one is in force.
    qualify row_number() over (partition by area_code, standard, obligation, item order by since desc) = 1
),
targets as (
    select
        coalesce(area_code, '') as area_code,
        standard,
        obligation,
        value,
    from in_force
    where item is null
        and pace = 'steps'
    qualify row_number() over (partition by area_code, standard, obligation order by since desc) = 1
)
select
    nullif(targets.area_code, '') as area_code,
    targets.standard,
    targets.value as target,
    max(steps.value) filter (where steps.item = 'pace:12') as december,
    count(steps.item) as steps,
    count(case when steps.is_falling then 1 end) as falling_steps,
from targets
left join steps
    on targets.area_code = steps.area_code
    and targets.standard = steps.standard
    and targets.obligation = steps.obligation
group by targets.area_code, targets.standard, targets.obligation, targets.value
having count(steps.item) = 0
    or count(case when steps.is_falling then 1 end) > 0
    or max(steps.value) > targets.value
    or max(steps.value) filter (where steps.item = 'pace:12') <> targets.value
order by area_code, targets.standard
