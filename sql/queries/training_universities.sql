-- title: 共建院校 | Partner universities
-- grain: partner
-- params: area
-- note: 已加入且未退出；期数为与该院校合办的班次 | Joined and not left; sessions are those run with the university
with
latest as (
    select max(month) as month
    from community_months
),
period_end as (
    select max(months.observed_on) as observed_on
    from staging.months as months
    inner join latest
        on months.month = latest.month
),
held as (
    select
        university,
        count(*) as sessions,
        max(started_on) as last_held_on,
    from training_sessions
    where university is not null
    group by university
)
select
    partners.partner_id,
    partners.partner_name,
    partners.joined_on,
    coalesce(held.sessions, 0) as sessions,
    held.last_held_on,
from staging.partners as partners
inner join intermediate.area_paths as paths
    on partners.area_code = paths.area_code
cross join period_end
left join held
    on partners.partner_name = held.university
where partners.kind = 'university'
    and partners.joined_on <= period_end.observed_on
    and (partners.left_on is null or partners.left_on > period_end.observed_on)
    and ($area is null
        or $area in (paths.province, paths.city, paths.county, paths.street, paths.community))
order by sessions desc, held.last_held_on desc nulls last, partners.joined_on, partners.partner_id
