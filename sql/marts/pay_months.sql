-- title: 在岗社区工作者月薪（月） | Pay of community workers in post at month end
-- grain: worker, month
-- source_table: workers
select
    months.month,
    date_trunc('year', months.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    periods.worker_id,
    periods.gender,
    periods.post,
    periods.monthly_pay,
from intermediate.roster_periods as periods
inner join staging.months as months
    on periods.since <= months.observed_on
    and (periods.until is null or periods.until > months.observed_on)
inner join intermediate.area_paths as paths
    on periods.community_code = paths.area_code
where periods.monthly_pay is not null
