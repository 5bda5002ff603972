-- title: 连续三个月低于配备标准 | Below the staffing standard for three months
-- short: 配备连续三月低于标准 | Staffing below standard
-- grain: area_code
-- metric: staffing_ratio
-- unit: per_10k
-- decimals: 1
-- message: 自 {since_month} 起连续 {months} 个月低于标准：每万人 {value} 人，标准 {limit_value} 人 | Below the standard for {months} months in a row, since {since_month}: {value} per 10,000, standard {limit_value}
-- remedy: 按缺口列招录和调配计划，先补缺得最多的社区 | Plan recruitment and transfers by the size of the gap, starting with the communities furthest below
with
monthly as (
    select
        ancestors.ancestor_code as area_code,
        community_months.month,
        10000.0 * sum(community_months.staffing_workers)
            / nullif(
                sum(community_months.urban_residents) filter (where community_months.staffing_workers is not null), 0
            ) as value,
        case
            when sum(community_months.urban_residents) filter (where community_months.staffing_standard is null) is null
                then sum(community_months.urban_residents * community_months.staffing_standard)
                    / nullif(sum(community_months.urban_residents), 0)
        end as standard,
    from community_months
    inner join intermediate.area_ancestors as ancestors
        on community_months.community = ancestors.area_code
    group by ancestors.ancestor_code, community_months.month
),
-- The last month that met the standard, or has no data, ends every run before it.
ends as (
    select
        area_code,
        max(month) filter (where (value < standard) is not true) as last_fine,
    from monthly
    group by area_code
)
select
    monthly.area_code,
    arg_max(monthly.value, monthly.month) as value,
    arg_max(monthly.standard, monthly.month) as limit_value,
    min(monthly.month) as since,
    strftime(min(monthly.month), '%Y-%m') as since_month,
    count(*) as months,
from monthly
inner join ends
    on monthly.area_code = ends.area_code
where ends.last_fine is null
    or monthly.month > ends.last_fine
group by monthly.area_code
having count(*) >= 3
order by monthly.area_code
