-- title: 工单 | Requests
-- grain: request
-- counts: requests
with
data_date as (
    select max(observed_on) as observed_on
    from staging.months
)
select
    date_trunc('month', requests.raised_at)::date as month,
    date_trunc('year', requests.raised_at)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    date_trunc('month', requests.claimed_at)::date as month_claimed,
    date_trunc('month', requests.closed_at)::date as month_closed,
    requests.request_id,
    requests.kind,
    requests.category,
    requests.source,
    coalesce(requests.focus_group, 'none') as focus_group,
    requests.grid_code as grid,
    requests.zone_id,
    requests.worker_id,
    requests.partner_id,
    partners.kind as partner_kind,
    partners.sector as partner_sector,
    requests.raised_at,
    requests.published_at,
    requests.claimed_at,
    requests.discussed_at,
    requests.decided_at,
    requests.closed_at,
    requests.due_at,
    case when requests.is_resolved then 1 else 0 end as resolved,
    (epoch(requests.claimed_at) - epoch(requests.raised_at)) / 3600.0 as claim_hours,
    (epoch(requests.closed_at) - epoch(requests.raised_at)) / 3600.0 as close_hours,
    -- One whose time has run out by the data date counts, open or closed.
    case
        when requests.due_at is null then 0
        when requests.closed_at is not null or requests.due_at < data_date.observed_on + interval 1 day then 1
        else 0
    end as falls_due,
    case when requests.closed_at <= requests.due_at then 1 else 0 end as closed_on_time,
    -- Off-hours: weekends, and from 18:00 to 08:00.
    case
        when requests.claimed_at is null then null
        when isodow(requests.claimed_at) >= 6 or hour(requests.claimed_at) >= 18 or hour(requests.claimed_at) < 8 then 1
        else 0
    end as claimed_off_hours,
    requests.satisfaction,
from staging.requests as requests
cross join data_date
left join staging.partners as partners
    on requests.partner_id = partners.partner_id
inner join bases.area_paths as paths
    on requests.area_code = paths.area_code
where requests.raised_at < data_date.observed_on + interval 1 day
