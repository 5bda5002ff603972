-- title: 同一分钟批量办结的诉求 | Requests closed in bulk within a minute
-- severity: warn
-- fix: 核对这些工单的实际办结时间；批量补录的，请填各自真正办结的时间 | Check when these requests were actually closed; requests entered later in bulk need their own closing times
-- note: 同一街道（乡镇）同一分钟办结 20 件及以上，且上报日期不止一天；平时一个街道一分钟最多办结两三件 | At least 20 requests closed in the same minute in one subdistrict, raised on more than one day; normally at most two or three are
with
-- Few subdistricts close many requests in one minute: only those are examined.
busy_minutes as (
    select
        coalesce(street, county, city, province) as area_code,
        date_trunc('minute', closed_at) as minute,
    from requests
    where closed_at is not null
    group by coalesce(street, county, city, province), date_trunc('minute', closed_at)
    having count(*) >= 20
)
select
    -- The community, if all requests belong to one.
    case
        when count(distinct coalesce(requests.community, requests.street)) = 1
            then min(coalesce(requests.community, requests.street))
        else busy_minutes.area_code
    end as area_code,
    busy_minutes.minute as closed_at,
    count(*) as requests,
    min(requests.raised_at)::date as first_raised_on,
    max(requests.raised_at)::date as last_raised_on,
    count(distinct requests.raised_at::date) as days_raised_on,
from requests
inner join busy_minutes
    on coalesce(requests.street, requests.county, requests.city, requests.province) = busy_minutes.area_code
    and date_trunc('minute', requests.closed_at) = busy_minutes.minute
group by busy_minutes.area_code, busy_minutes.minute
having count(distinct requests.raised_at::date) > 1
order by area_code, closed_at
