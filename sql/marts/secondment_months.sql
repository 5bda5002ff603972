-- title: 借调在外（月） | Open secondments at month end
-- grain: secondment, month
-- source_table: career_events
-- incremental_on: months.month
with
rosters as (
    select worker_id, community_code, post, until
    from intermediate.roster_periods
    qualify row_number() over (partition by worker_id order by as_of desc nulls last) = 1
),
-- A secondment lasts until its end is on record, the next one begins, or the person leaves. On the same day an end
-- comes before a start: returned, then seconded again.
secondments as (
    select
        worker_id,
        kind,
        on_date as since,
        post_at_event,
        detail,
        lead(on_date) over (partition by worker_id order by on_date, kind desc, event_id) as ended_on,
    from staging.career_events
    where kind in ('secondment', 'secondment_end')
),
open_at_month_end as (
    select
        months.month,
        months.observed_on,
        secondments.worker_id,
        secondments.since,
        secondments.detail,
        rosters.community_code,
        coalesce(secondments.post_at_event, rosters.post) as post,
        -- Whole months on secondment at the month's end.
        (year(months.observed_on) - year(secondments.since)) * 12
            + month(months.observed_on) - month(secondments.since)
            - case when day(months.observed_on) < day(secondments.since) then 1 else 0 end as months_open,
    from secondments
    inner join rosters
        on secondments.worker_id = rosters.worker_id
    inner join staging.months as months
        on secondments.since <= months.observed_on
        and (secondments.ended_on is null or secondments.ended_on > months.observed_on)
        and (rosters.until is null or rosters.until > months.observed_on)
    where secondments.kind = 'secondment'
)
select
    open_at_month_end.month,
    date_trunc('year', open_at_month_end.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    open_at_month_end.worker_id,
    open_at_month_end.post,
    open_at_month_end.detail,
    open_at_month_end.since,
    open_at_month_end.months_open,
from open_at_month_end
inner join intermediate.area_paths as paths
    on open_at_month_end.community_code = paths.area_code
