-- title: 逾期占未办结诉求的比例过高 | Too many open requests are overdue
-- short: 诉求逾期过多 | Requests overdue
-- grain: area_code
-- metric: requests_overdue
-- unit: percent
-- decimals: 1
-- message: 未办结 {still_open} 件中 {overdue} 件已逾期（{value}%，上限 {limit_value}%），最早的 {since} 到期 | {overdue} of {still_open} open requests are overdue ({value}%, limit {limit_value}%), the earliest since {since}
-- remedy: 逐件督办，先办逾期最久的；确需延期的改填时限并说明原因 | Follow up each one, longest overdue first; where more time is needed, enter a new due time and the reason
-- note: 上限取自标准 overdue_share，地区可在自己的标准文件里另定；未办结不足 10 件的不报 | The limit is the standard overdue_share; an area may set its own. No alert below 10 open requests
with
data_date as (
    select
        max(month) as month,
        max(observed_on) as observed_on,
    from staging.months
),
open_requests as (
    select
        ancestors.ancestor_code as area_code,
        sum(requests.still_open)::bigint as still_open,
        sum(requests.overdue)::bigint as overdue,
        min(requests.due_at) filter (where requests.overdue = 1)::date as since,
    from requests
    inner join intermediate.area_ancestors as ancestors
        on coalesce(requests.community, requests.street, requests.county, requests.city, requests.province)
            = ancestors.area_code
    where requests.still_open = 1
    group by ancestors.ancestor_code
),
shares as (
    select
        open_requests.*,
        100.0 * open_requests.overdue / open_requests.still_open as value,
        standards.value as limit_value,
    from open_requests
    cross join data_date
    inner join intermediate.standards_in_force as standards
        on open_requests.area_code = standards.area_code
        and data_date.month = standards.month
        and standards.standard = 'overdue_share'
        and standards.obligation = 'required'
)
select
    area_code,
    value,
    limit_value,
    since,
    still_open,
    overdue,
from shares
where still_open >= 10
    and value > limit_value
order by area_code
