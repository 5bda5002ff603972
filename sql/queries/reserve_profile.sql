-- title: 后备人选的结构 | Who the reserves are
-- grain: reserve_for
-- people: people (average_age, share_35_or_under, bachelor_share, certified_share, party_member_share)
-- note: 少于 5 人不显示结构 | Of fewer than 5 people nothing but their number is told
select
    reserve_for,
    count(*) as people,
    case when count(*) >= 5 then 1.0 * sum(age) / count(*) end as average_age,
    case when count(*) >= 5 then 100.0 * count(*) filter (where age <= 35) / count(*) end as share_35_or_under,
    case
        when count(*) >= 5
            then 100.0 * count(*) filter (where education in ('bachelor', 'postgraduate')) / count(*)
    end as bachelor_share,
    case
        when count(*) >= 5
            then 100.0 * count(*) filter (where certificate <> 'none') / count(*)
    end as certified_share,
    case
        when count(*) >= 5
            then 100.0 * count(*) filter (where political_status in ('party_member', 'probationary')) / count(*)
    end as party_member_share,
from worker_months
where reserve_for <> 'none'
    and month = (select max(month) from worker_months)
group by reserve_for
order by case reserve_for when 'secretary' then 1 when 'deputy' then 2 else 3 end
