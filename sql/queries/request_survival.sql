-- title: 还在等待的比例 | Share still waiting
-- grain: curve, hours
-- note: Kaplan–Meier：到数据截至日仍未认领、未办结的按已等的时长截尾，没有认领时间而已办结的在办结时截尾；约每 1 个百分点取一点，所取点的值不变 | Kaplan–Meier: requests not yet claimed or closed are censored at the end of the data date, those closed without a claim time at closing; about one point per percent, each with its exact value
with
data_end as (
    select max(observed_on) + interval 1 day as next_day
    from staging.months
),
claims as (
    select
        coalesce(
            requests.claim_hours,
            requests.close_hours,
            (epoch(data_end.next_day) - epoch(requests.raised_at)) / 3600.0
        ) as hours,
        count(*) as waited,
        count(requests.claimed_at) as ended,
    from requests
    cross join data_end
    group by hours
),
closes as (
    select
        coalesce(requests.close_hours, (epoch(data_end.next_day) - epoch(requests.raised_at)) / 3600.0) as hours,
        count(*) as waited,
        count(requests.closed_at) as ended,
    from requests
    cross join data_end
    group by hours
),
-- Computes each curve separately, as there may be very many requests.
waits as (
    select 'claim' as curve, hours, waited, ended from claims
    union all
    select 'close' as curve, hours, waited, ended from closes
),
times as (
    select
        curve,
        hours,
        ended,
        (sum(waited) over (partition by curve order by hours desc))::bigint as at_risk,
    from waits
),
survived as (
    select
        curve,
        hours,
        at_risk,
        ended,
        -- Rounds so that one half is exactly one half.
        round(100 * product(1.0 - ended / at_risk) over (partition by curve order by hours), 9) as share,
    from times
),
-- Keeps the first and last time of a curve, and the first time at each whole percent.
kept as (
    select
        curve,
        hours,
        share,
        at_risk,
    from survived
    where ended > 0
    qualify row_number() over (partition by curve, ceil(share) order by hours) = 1
        or row_number() over (partition by curve order by hours desc) = 1
),
beginnings as (
    select
        curve,
        0.0 as hours,
        100.0 as share,
        sum(waited)::bigint as at_risk,
    from waits
    group by curve
)
select
    curve,
    hours,
    share,
    at_risk,
from (
    select * from beginnings
    union all
    select * from kept
) as curves
order by curve, hours, share desc
