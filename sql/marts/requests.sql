-- title: 工单 | Requests
-- grain: request
-- sql_lab: no_person
-- source_table: requests
-- incremental_on: requests.raised_at, months.month
-- refresh_with_data_date: pending
with
data_date as (
    select max(observed_on) + interval 1 day as next_day
    from staging.months
),
-- Ignores events after the data date.
known as (
    select
        requests.request_id,
        requests.kind,
        requests.category,
        requests.source,
        requests.focus_group,
        requests.area_code,
        requests.grid_code,
        requests.zone_id,
        requests.worker_id,
        requests.partner_id,
        requests.raised_at,
        case when requests.published_at < data_date.next_day then requests.published_at end as published_at,
        case when requests.claimed_at < data_date.next_day then requests.claimed_at end as claimed_at,
        case when requests.discussed_at < data_date.next_day then requests.discussed_at end as discussed_at,
        case when requests.decided_at < data_date.next_day then requests.decided_at end as decided_at,
        case when requests.closed_at < data_date.next_day then requests.closed_at end as closed_at,
        requests.due_at,
        coalesce(requests.claimed_at >= data_date.next_day, false) as is_claimed_later,
        requests.is_resolved and (requests.closed_at is null or requests.closed_at < data_date.next_day) as is_resolved,
        requests.satisfaction,
        data_date.next_day,
        -- Only these change with a later data date: not yet due, or not yet finished.
        (requests.closed_at is null and requests.due_at >= data_date.next_day)
            or greatest(
                requests.published_at,
                requests.claimed_at,
                requests.discussed_at,
                requests.decided_at,
                requests.closed_at
            ) >= data_date.next_day as is_pending,
    from staging.requests as requests
    cross join data_date
    where requests.raised_at < data_date.next_day
)
select
    date_trunc('month', known.raised_at)::date as month,
    date_trunc('year', known.raised_at)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    date_trunc('month', known.claimed_at)::date as month_claimed,
    date_trunc('month', known.closed_at)::date as month_closed,
    known.request_id,
    known.kind,
    known.category,
    known.source,
    coalesce(known.focus_group, 'none') as focus_group,
    known.grid_code as grid,
    known.zone_id,
    known.partner_id,
    partners.kind as partner_kind,
    partners.sector as partner_sector,
    -- Who handles it: a type of partner, a worker, or nobody yet; unnamed where it was claimed without a name.
    case
        when known.is_claimed_later then 'nobody'
        when partners.kind is not null then partners.kind
        when known.worker_id is not null then 'worker'
        when known.claimed_at is null and known.closed_at is null then 'nobody'
        else 'unnamed'
    end as responder,
    -- The first day of the first year was a Monday, which is 1.
    (date_diff('day', date '0001-01-01', known.raised_at::date) % 7 + 1)::varchar as weekday,
    strftime(known.raised_at, '%H') as hour,
    known.raised_at,
    known.published_at,
    known.claimed_at,
    known.discussed_at,
    known.decided_at,
    known.closed_at,
    known.due_at,
    case when known.is_resolved then 1 else 0 end as resolved,
    case
        when known.is_resolved and date_diff('microsecond', known.raised_at, known.closed_at) <= 30 * 8.64e10 then 1
        else 0
    end as resolved_within_30_days,
    date_diff('microsecond', known.raised_at, known.claimed_at) / 3.6e9 as claim_hours,
    date_diff('microsecond', known.raised_at, known.closed_at) / 3.6e9 as close_hours,
    -- Counts requests past their due time by the data date, open or closed.
    case
        when known.due_at is null then 0
        when known.closed_at is not null or known.due_at < known.next_day then 1
        else 0
    end as falls_due,
    case when known.closed_at <= known.due_at then 1 else 0 end as closed_on_time,
    -- Off hours: weekends, and 18:00–08:00.
    case
        when known.claimed_at is null then null
        when date_diff('day', date '0001-01-01', known.claimed_at::date) % 7 + 1 >= 6 then 1
        when hour(known.claimed_at) >= 18 or hour(known.claimed_at) < 8 then 1
        else 0
    end as claimed_off_hours,
    known.satisfaction,
    case when known.is_pending then 1 else 0 end as pending,
    -- Columns summed by the monthly marts.
    1 as requests,
    case when known.published_at is not null then 1 else 0 end as published,
    case when known.discussed_at is not null or known.decided_at is not null then 1 else 0 end as deliberated,
    case when known.claimed_at is not null then 1 else 0 end as claimed,
    case when known.closed_at is not null then 1 else 0 end as closed,
    case when known.closed_at is null and known.is_resolved is not true then 1 else 0 end as still_open,
    case
        when known.closed_at is null and known.is_resolved is not true and known.due_at < known.next_day then 1
        else 0
    end as overdue,
    -- A request that reached a later step has passed the earlier ones.
    case
        when known.published_at is not null or known.claimed_at is not null or known.closed_at is not null then 1
        else 0
    end as came_to_publishing,
    case when known.claimed_at is not null or known.closed_at is not null then 1 else 0 end as came_to_claiming,
    case when known.closed_at is not null and known.satisfaction is not null then 1 else 0 end as rated,
    case when known.closed_at is not null and known.satisfaction >= 4 then 1 else 0 end as satisfied,
    case when known.partner_id is not null then 1 else 0 end as with_partner,
    case when known.partner_id is not null and known.is_resolved then 1 else 0 end as resolved_with_partner,
    case when known.zone_id is null then 1 else 0 end as without_zone,
from known
left join staging.partners as partners
    on known.partner_id = partners.partner_id
inner join intermediate.area_paths as paths
    on known.area_code = paths.area_code
