-- title: 名册各行的有效期 | Validity period of each roster row
-- grain: worker, as_of
with
-- An unreadable row may be anyone's, so such a roster proves nobody has left.
full_rosters as (
    select
        rosters.district,
        rosters.as_of,
        lag(rosters.as_of) over (partition by rosters.district order by rosters.as_of) as previous_on,
        lead(rosters.as_of) over (partition by rosters.district order by rosters.as_of) as next_on,
    from staging.full_rosters as rosters
    left join staging.full_roster_gaps as gaps
        on rosters.district = gaps.district
        and rosters.as_of = gaps.as_of
        and gaps.worker_id is null
    where gaps.district is null
),
-- A row without a date is older than any with one, and is valid from the hiring date.
rosters as (
    select
        *,
        greatest(hire_date, as_of) as listed_on,
        lead(as_of) over (partition by worker_id order by as_of nulls first) as superseded_on,
        -- A later row may show that the person had already left.
        min(leave_date) over (
            partition by worker_id, hire_date
            order by as_of nulls first
            rows between current row and unbounded following
        ) as left_on,
    from staging.workers
),
-- The dates on which the district lists the person, in loaded or rejected rows.
named as (
    select
        worker_id,
        as_of,
        district,
        listed_on,
        superseded_on,
    from rosters
    union all
    select
        rosters.worker_id,
        rosters.as_of,
        rosters.district,
        gaps.as_of as listed_on,
        rosters.superseded_on,
    from rosters
    inner join staging.full_roster_gaps as gaps
        on rosters.worker_id = gaps.worker_id
        and rosters.district = gaps.district
        and rosters.listed_on < gaps.as_of
        and (rosters.superseded_on is null or rosters.superseded_on > gaps.as_of)
),
named_next as (
    select
        *,
        coalesce(
            lead(listed_on) over (partition by worker_id, as_of order by listed_on),
            superseded_on
        ) as named_again_on,
    from named
),
-- The first complete roster after a listing closes the row, unless it lists the person again.
closings as (
    select
        named_next.worker_id,
        named_next.as_of,
        min(full_rosters.as_of) as closed_on,
    from named_next
    inner join full_rosters
        on named_next.district = full_rosters.district
        and named_next.listed_on < full_rosters.as_of
        and (full_rosters.previous_on is null or full_rosters.previous_on <= named_next.listed_on)
        and (named_next.named_again_on is null or named_next.named_again_on > full_rosters.as_of)
    group by named_next.worker_id, named_next.as_of
),
ended as (
    select
        rosters.*,
        least(rosters.left_on, rosters.superseded_on, closings.closed_on) as until,
    from rosters
    left join closings
        on rosters.worker_id = closings.worker_id
        and rosters.as_of is not distinct from closings.as_of
),
-- People hired since the last complete roster are in post from the hiring date. People it should have listed are in post
-- from when they are listed. Before the first roster nothing is known but the hiring date.
began as (
    select
        ended.*,
        before.as_of as known_on,
        max(ended.until) over (
            partition by ended.worker_id
            order by ended.as_of nulls first
            rows between unbounded preceding and 1 preceding
        ) as until_before,
    from ended
    left join full_rosters as before
        on ended.district = before.district
        and ended.as_of > before.as_of
        and (before.next_on is null or before.next_on >= ended.as_of)
),
joined as (
    select
        *,
        case
            when hire_date < until_before or hire_date <= known_on then listed_on
            else hire_date
        end as joined_on,
    from began
)
select
    * exclude (superseded_on, left_on, listed_on, known_on, until_before, joined_on, until),
    joined_on,
    case when known_on is null then listed_on else joined_on end as since,
    until,
    case
        when until = left_on then 'left'
        when until = superseded_on then 'superseded'
        when until is not null then 'not_listed'
    end as ended_by,
from joined
