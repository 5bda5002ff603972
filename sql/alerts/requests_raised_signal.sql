-- title: 上月诉求超出通常起伏 | Requests outside normal variation last month
-- short: 上月诉求反常 | Unusual requests
-- grain: area_code
-- metric: requests_raised
-- unit: requests
-- decimals: 0
-- message: {since_month} 诉求 {value} 件，{how}（通常 {lower}–{upper} 件） | {value} requests in {since_month}, {how} (normal range {lower}–{upper})
-- remedy: 看是哪一类、哪几处多了或少了，找到原因；事出有因的在指标上加注 | Find out which types and areas rose or fell, and why; if there is a reason, add an annotation to the metric
-- note: XmR 控制图：超出均值 ± 2.66 × 平均移动极差，或连续 8 个月在均值一侧；只看数据已报到的最近一个完整月，月均不足 10 件的不报 | XmR chart: beyond mean ± 2.66 × mean moving range, or eight months in a row on one side. Looks only at the last complete month with data; no alert below an average of 10 a month
with
last_month as (
    select max(month) as month
    from staging.months
    where observed_on = month_end
),
-- A month that some district has not reported yet is not a fall.
reached as (
    select
        ancestors.ancestor_code as area_code,
        min(status.covers_until) as covers_until,
    from intermediate.report_status as status
    inner join staging.areas as areas
        on status.district = areas.district
    inner join intermediate.area_ancestors as ancestors
        on areas.area_code = ancestors.area_code
    where status.table_name = 'requests'
        and status.is_reported
    group by ancestors.ancestor_code
),
counted as (
    select
        ancestors.ancestor_code as area_code,
        request_months.month,
        sum(request_months.requests) as value,
    from request_months
    inner join intermediate.area_ancestors as ancestors
        on coalesce(
            request_months.community, request_months.street, request_months.county, request_months.city,
            request_months.province
        ) = ancestors.area_code
    inner join staging.months as months
        on request_months.month = months.month
    group by ancestors.ancestor_code, request_months.month
),
-- Before the first request there was nothing to vary.
firsts as (
    select
        area_code,
        min(month) as month,
    from counted
    group by area_code
),
series as (
    select
        firsts.area_code,
        months.month,
        coalesce(counted.value, 0) as value,
    from firsts
    cross join last_month
    inner join reached
        on firsts.area_code = reached.area_code
        and reached.covers_until >= last_month.month
    inner join staging.months as months
        on months.month between firsts.month and last_month.month
    left join counted
        on firsts.area_code = counted.area_code
        and months.month = counted.month
),
moved as (
    select
        *,
        avg(value) over (partition by area_code) as centre,
        abs(value - lag(value) over (partition by area_code order by month)) as moving_range,
        row_number() over (partition by area_code order by month desc) as months_back,
    from series
),
judged as (
    select
        area_code,
        max(month) as month,
        max(value) filter (where months_back = 1) as value,
        max(centre) as centre,
        2.66 * avg(moving_range) as reach,
        -- Eight in a row on one side count as a shift.
        count(*) filter (where months_back <= 8 and value - centre > 1e-9) = 8 as is_run_above,
        count(*) filter (where months_back <= 8 and centre - value > 1e-9) = 8 as is_run_below,
    from moved
    group by area_code
    -- With only a few a month, one more would already exceed the limits.
    having count(*) >= 12
        and avg(value) >= 10
),
limits as (
    select
        *,
        greatest(centre - reach, 0) as lower,
        centre + reach as upper,
        value - centre > reach + 1e-9 as is_above,
        centre - value > reach + 1e-9 as is_below,
    from judged
)
select
    area_code,
    value,
    case
        when is_above then upper
        when is_below then lower
        else centre
    end as limit_value,
    month as since,
    strftime(month, '%Y-%m') as since_month,
    lower,
    upper,
    case
        when is_above then '高于通常'
        when is_below then '低于通常'
        when is_run_above then '连续 8 个月高于均值'
        else '连续 8 个月低于均值'
    end as how_zh,
    case
        when is_above then 'above the normal range'
        when is_below then 'below the normal range'
        when is_run_above then 'above the mean eight months in a row'
        else 'below the mean eight months in a row'
    end as how_en,
from limits
where is_above
    or is_below
    or is_run_above
    or is_run_below
order by area_code
