-- title: 工单（月） | Requests by month
-- grain: area, months raised, claimed and closed, kind
-- sql_lab: no_person
-- source_table: requests
-- incremental_on: request_topic_months.month
-- rollup_of: requests, request_hour_months, request_topic_months
select
    month,
    period_start,
    province,
    city,
    county,
    street,
    community,
    place,
    month_claimed,
    month_closed,
    kind,
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
from request_topic_months
group by
    month,
    period_start,
    province,
    city,
    county,
    street,
    community,
    place,
    month_claimed,
    month_closed,
    kind
