-- title: 上月诉求超出通常起伏 | Requests outside normal variation last month
-- short: 上月诉求反常 | Unusual requests
-- grain: area_code
-- metric: requests_raised
-- unit: requests
-- decimals: 0
-- message: {since_month} 诉求 {value} 件，{how}（通常 {lower}–{upper} 件） | {value} requests in {since_month}, {how} (normal range {lower}–{upper})
-- remedy: 看是哪一类、哪几处多了或少了，找到原因；事出有因的在指标上加注 | Find out which types and areas rose or fell, and why; if there is a reason, add an annotation to the metric
-- opens_on: signal
-- note: XmR 控制图，与趋势图同一判断；只看数据已报到的最近一个完整月，月均不足 10 件的不报 | XmR chart, judged as trends are. Looks only at the last complete month with data; no alert below an average of 10 a month
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
)
select
    area_code,
    month,
    value,
from series
-- With only a few a month, one more would already exceed the limits.
qualify avg(value) over (partition by area_code) >= 10
order by area_code, month
