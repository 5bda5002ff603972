-- title: 各月执行的年度进度 | Paces of yearly targets in force
-- grain: area that set the target, month, standard, obligation, since
-- sql_lab: no_person
-- note: 全年目标到每月底应达多少：匀速，或按本地给出的分月数 | What a yearly target expects by the end of each month: an even pace, or the steps that the area gives
-- incremental_on: months.month
with
targets as (
    select
        months.month,
        months.month_end > months.observed_on as is_running,
        standards.*,
    from staging.standards as standards
    inner join staging.months as months
        on standards.since <= months.observed_on
        and (standards.until is null or standards.until > months.observed_on)
    where standards.item is null
        and standards.pace is not null
        and standards.value is not null
),
steps as (
    select
        months.month,
        standards.*,
    from staging.standards as standards
    inner join staging.months as months
        on standards.since <= months.observed_on
        and (standards.until is null or standards.until > months.observed_on)
    where standards.item like 'pace:%'
    qualify row_number() over (
        partition by months.month, standards.area_code, standards.standard, standards.obligation, standards.item
        order by standards.since desc
    ) = 1
),
month_numbers as (
    select month_numbers.month_number
    from (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)) as month_numbers (month_number)
),
-- The running month is expected once it is over.
months_of_year as (
    select
        targets.*,
        month_numbers.month_number,
        month_numbers.month_number
        - case when targets.is_running and month_numbers.month_number = month(targets.month) then 1 else 0 end
            as months_over,
    from targets
    cross join month_numbers
),
expected_by_month as (
    select
        months_of_year.area_code,
        months_of_year.month,
        months_of_year.standard,
        months_of_year.obligation,
        months_of_year.since,
        months_of_year.month_number,
        case
            when months_of_year.months_over = 12 then months_of_year.value
            when months_of_year.pace = 'even' then months_of_year.value * months_of_year.months_over / 12
            else least(months_of_year.value, coalesce(max(steps.value), 0))
        end as expected,
    from months_of_year
    left join steps
        on coalesce(months_of_year.area_code, '') = coalesce(steps.area_code, '')
        and months_of_year.month = steps.month
        and months_of_year.standard = steps.standard
        and months_of_year.obligation = steps.obligation
        and steps.item <= 'pace:' || lpad(months_of_year.months_over::varchar, 2, '0')
    group by
        months_of_year.area_code,
        months_of_year.month,
        months_of_year.standard,
        months_of_year.obligation,
        months_of_year.since,
        months_of_year.month_number,
        months_of_year.months_over,
        months_of_year.pace,
        months_of_year.value
)
select
    area_code,
    month,
    standard,
    obligation,
    since,
    -- 13 numbers from 0 at the year's start to the whole target at its end. None is below the one before, so sorting
    -- puts them in the order of the months.
    list_sort(coalesce(list(expected) filter (where expected is not null), [])) as expected,
from expected_by_month
group by area_code, month, standard, obligation, since
