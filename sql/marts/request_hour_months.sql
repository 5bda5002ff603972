-- title: 工单（月、星期、钟点） | Requests by month, weekday and hour
-- grain: area, months raised, claimed and closed, kind, weekday, hour
-- sql_lab: no_person
-- source_table: requests
-- incremental_on: requests.month
with
added_up as (
    select
        coalesce(community, street, county, city, province) as area_code,
        month,
        month_claimed,
        month_closed,
        kind,
        weekday,
        hour,
        sum(requests)::bigint as requests,
        sum(published)::bigint as published,
        sum(deliberated)::bigint as deliberated,
        sum(claimed)::bigint as claimed,
        sum(claimed_off_hours)::bigint as claimed_off_hours,
        sum(closed)::bigint as closed,
        sum(closed_on_time)::bigint as closed_on_time,
        sum(falls_due)::bigint as falls_due,
        sum(overdue)::bigint as overdue,
        sum(still_open)::bigint as still_open,
        sum(resolved)::bigint as resolved,
        sum(resolved_within_30_days)::bigint as resolved_within_30_days,
        sum(came_to_publishing)::bigint as came_to_publishing,
        sum(came_to_claiming)::bigint as came_to_claiming,
        sum(rated)::bigint as rated,
        sum(satisfaction)::bigint as satisfaction,
        sum(satisfied)::bigint as satisfied,
        sum(with_partner)::bigint as with_partner,
        sum(resolved_with_partner)::bigint as resolved_with_partner,
        sum(without_zone)::bigint as without_zone,
    from requests
    group by
        coalesce(community, street, county, city, province),
        month,
        month_claimed,
        month_closed,
        kind,
        weekday,
        hour
)
select
    added_up.month,
    date_trunc('year', added_up.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    added_up.month_claimed,
    added_up.month_closed,
    added_up.kind,
    added_up.weekday,
    added_up.hour,
    added_up.requests,
    added_up.published,
    added_up.deliberated,
    added_up.claimed,
    added_up.claimed_off_hours,
    added_up.closed,
    added_up.closed_on_time,
    added_up.falls_due,
    added_up.overdue,
    added_up.still_open,
    added_up.resolved,
    added_up.resolved_within_30_days,
    added_up.came_to_publishing,
    added_up.came_to_claiming,
    added_up.rated,
    added_up.satisfaction,
    added_up.satisfied,
    added_up.with_partner,
    added_up.resolved_with_partner,
    added_up.without_zone,
from added_up
inner join intermediate.area_paths as paths
    on added_up.area_code = paths.area_code
