-- title: 积分 | Points
-- grain: entry
-- source_table: points
-- incremental_on: points.on_date, months.month
with
data_date as (
    select max(observed_on) as observed_on
    from staging.months
)
select
    date_trunc('month', points.on_date)::date as month,
    date_trunc('year', points.on_date)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    points.entry_id,
    points.account_id,
    points.kind,
    points.reason,
    points.points,
    -- Keeps one row per entry so that accounts can be counted distinctly.
    0 as accounts,
    null::date as previous_month,
    case when points.kind = 'earn' then points.points else 0 end as earned,
from staging.points as points
cross join data_date
inner join intermediate.area_paths as paths
    on points.community_code = paths.area_code
where points.on_date <= data_date.observed_on
