-- title: 等得最久的诉求 | Longest-open requests
-- grain: request
-- note: 到数据截至日既未办结也未解决，最久的在前，最多 500 件 | Neither closed nor resolved by the data date, oldest first, 500 at most
with
data_date as (
    select max(observed_on) as day
    from staging.months
)
select
    requests.request_id,
    requests.kind,
    requests.category,
    requests.focus_group,
    paths.area_name,
    grids.grid_name,
    requests.raised_at::date as raised_on,
    data_date.day - requests.raised_at::date as days_open,
    requests.falls_due = 1 as is_overdue,
    requests.responder,
    case when requests.responder <> 'nobody' then partners.partner_name end as partner_name,
from requests
cross join data_date
inner join intermediate.area_paths as paths
    on coalesce(requests.community, requests.street, requests.county) = paths.area_code
left join staging.grids as grids
    on requests.grid = grids.grid_code
left join staging.partners as partners
    on requests.partner_id = partners.partner_id
where requests.closed_at is null
    and requests.resolved = 0
order by requests.raised_at, requests.request_id
limit 500
