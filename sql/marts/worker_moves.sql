-- title: 社区工作者入职与离职 | Hires and departures of community workers
-- grain: worker, move, date
-- source_table: workers
-- incremental_on: months.month
with
data_date as (
    select max(observed_on) as observed_on
    from staging.months
),
-- Continuous service is one spell in post, across any number of rosters.
periods as (
    select
        *,
        max(until) over (
            partition by worker_id
            order by joined_on, as_of nulls first
            rows between unbounded preceding and 1 preceding
        ) as until_before,
        lag(ended_by) over (partition by worker_id order by joined_on, as_of nulls first) as ended_before_by,
        lead(joined_on) over (partition by worker_id order by joined_on, as_of nulls first) as joined_next_on,
    from intermediate.roster_periods
    -- Leaving on the hiring day counts as both moves.
    where until is null or joined_on < until or (joined_on = until and hire_date = until)
),
leave_reasons as (
    select
        worker_id,
        leave_date,
        leave_reason,
    from staging.workers
    where leave_reason is not null
    qualify row_number() over (
        partition by worker_id, leave_date
        order by coalesce(as_of, hire_date) desc, as_of desc nulls last
    ) = 1
),
moves as (
    select
        case when hire_date < until_before then 'return' else 'hire' end as move,
        joined_on as moved_on,
        periods.* exclude (leave_reason),
        null as leave_reason,
    from periods
    where until_before is null or joined_on > until_before or ended_before_by = 'left'
    union all
    select
        'leave' as move,
        periods.until as moved_on,
        periods.* exclude (leave_reason),
        case when periods.ended_by = 'not_listed' then 'not_listed' else leave_reasons.leave_reason end as leave_reason,
    from periods
    left join leave_reasons
        on periods.worker_id = leave_reasons.worker_id
        and periods.until = leave_reasons.leave_date
    where periods.until is not null
        and (periods.joined_next_on is null or periods.joined_next_on > periods.until or periods.ended_by = 'left')
)
select
    date_trunc('month', moves.moved_on)::date as month,
    date_trunc('year', moves.moved_on)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
    moves.worker_id,
    moves.move,
    moves.recruited_via,
    moves.post,
    moves.gender,
    moves.education,
    -- Maps the district's own wording to the first group whose keyword it contains.
    case
        when moves.leave_reason is null or moves.leave_reason = 'not_listed' then moves.leave_reason
        when regexp_matches(moves.leave_reason, '公务员|事业编|考录|考取|参公') then 'civil_service'
        when regexp_matches(moves.leave_reason, '退休') then 'retirement'
        when regexp_matches(moves.leave_reason, '解聘|辞退|开除|清退|免职|不合格') then 'dismissal'
        when regexp_matches(moves.leave_reason, '换届|届满|任期') then 'term_end'
        when regexp_matches(moves.leave_reason, '提拔|晋升|选拔') then 'promotion'
        when regexp_matches(moves.leave_reason, '调') then 'transfer'
        when regexp_matches(moves.leave_reason, '辞职|辞任|个人|离职|家庭') then 'resignation'
        else 'other'
    end as leave_reason,
from moves
inner join intermediate.area_paths as paths
    on moves.community_code = paths.area_code
inner join data_date
    on moves.moved_on <= data_date.observed_on
