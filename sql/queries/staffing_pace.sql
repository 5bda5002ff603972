-- title: 按近 12 个月的速度何时达标 | When the pace of the last 12 months reaches the standard
-- grain: one row
-- note: 以 12 个月前到期末的变化推算，每月匀速 | The change over the last 12 months, carried on evenly
with
monthly as (
    select
        month,
        10000.0 * sum(staffing_workers)
            / nullif(sum(urban_residents) filter (where staffing_workers is not null), 0) as ratio,
        sum(urban_residents * staffing_standard)
            / nullif(sum(urban_residents) filter (where staffing_standard is not null), 0) as standard,
    from community_months
    group by month
),
ends as (
    select
        max(month) as month,
        arg_max(ratio, month) as ratio_now,
        arg_max(standard, month) as standard_now,
        arg_min(ratio, month) as ratio_before,
        year(max(month)) * 12 + month(max(month)) - year(min(month)) * 12 - month(min(month)) as months_between,
    from monthly
    where ratio is not null
),
pace as (
    select
        *,
        (ratio_now - ratio_before) / nullif(months_between, 0) as change_per_month,
        12 * (ratio_now - ratio_before) / nullif(months_between, 0) as change_per_year,
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
    ratio_now,
    standard_now,
    change_per_year,
    months_to_standard,
    -- Beyond ten years an even pace says nothing.
    case
        when months_to_standard <= 120 then (month + to_months(months_to_standard))::date
    end as reached_in,
from reach
