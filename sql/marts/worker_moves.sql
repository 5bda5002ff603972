-- title: 社区工作者入职与离职 | Hires and departures of community workers
-- grain: worker, move, date
-- counts: workers
with
data_date as (
    select max(observed_on) as observed_on
    from staging.months
),
-- A person who returns has a second hire date, and so a second hire.
hires as (
    select
        'hire' as move,
        hire_date as moved_on,
        workers.*,
    from staging.workers as workers
    qualify row_number() over (partition by worker_id, hire_date order by as_of desc nulls last) = 1
),
departures as (
    select
        'leave' as move,
        leave_date as moved_on,
        workers.*,
    from staging.workers as workers
    where leave_date is not null
    qualify row_number() over (partition by worker_id, leave_date order by as_of desc nulls last) = 1
),
moves as (
    select * from hires
    union all
    select * from departures
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
    -- Reasons are told in the district's own words: the first group whose word stands in them.
    case
        when moves.move <> 'leave' or moves.leave_reason is null then null
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
inner join bases.area_paths as paths
    on moves.community_code = paths.area_code
inner join data_date
    on moves.moved_on <= data_date.observed_on
