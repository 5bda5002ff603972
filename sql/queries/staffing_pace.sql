-- title: 按近 12 个月的速度何时达标 | When the standard is met at the pace of the last 12 months
-- grain: one row
-- people: workers_now, workers_before
-- of_people: ratio_now = 10000.0 * workers_now / nullif(residents_now, 0)
-- of_people: change_per_year = 12 * (ratio_now - 10000.0 * workers_before / residents_before) / months_between
-- of_people: months_to_standard = case when ratio_now >= standard_now then 0 when change_per_year > 0 then ceil(12 * (standard_now - ratio_now) / change_per_year)::integer end
-- of_people: reached_in = case when months_to_standard <= 120 then (month + to_months(months_to_standard))::date end
-- note: 以 12 个月前到期末的变化推算，每月匀速 | Extends the change over the last 12 months at a constant monthly pace
with
monthly as (
    select
        month,
        sum(staffing_workers) as workers,
        nullif(sum(urban_residents) filter (where staffing_workers is not null), 0) as residents,
        case
            when sum(urban_residents) filter (where staffing_standard is null) is null
                then sum(urban_residents * staffing_standard) / nullif(sum(urban_residents), 0)
        end as standard,
    from community_months
    group by month
),
ends as (
    select
        max(month) as month,
        arg_max(workers, month) as workers_now,
        arg_max(residents, month) as residents_now,
        10000.0 * arg_max(workers, month) / arg_max(residents, month) as ratio_now,
        arg_max(standard, month) as standard_now,
        arg_min(workers, month) as workers_before,
        arg_min(residents, month) as residents_before,
        10000.0 * arg_min(workers, month) / arg_min(residents, month) as ratio_before,
        nullif(
            year(max(month)) * 12 + month(max(month)) - year(min(month)) * 12 - month(min(month)), 0
        ) as months_between,
    from monthly
    where workers is not null
        and residents is not null
),
pace as (
    select
        *,
        (ratio_now - ratio_before) / months_between as change_per_month,
        12 * (ratio_now - ratio_before) / months_between as change_per_year,
    from ends
),
reach as (
    select
        *,
        case
            when ratio_now >= standard_now then 0
            when change_per_month > 0 then ceil((standard_now - ratio_now) / change_per_month)::integer
        end as months_to_standard,
    from pace
)
select
    month,
    workers_now,
    residents_now,
    ratio_now,
    workers_before,
    residents_before,
    months_between,
    standard_now,
    change_per_year,
    months_to_standard,
    -- Gives no forecast beyond ten years.
    case
        when months_to_standard <= 120 then (month + to_months(months_to_standard))::date
    end as reached_in,
from reach
