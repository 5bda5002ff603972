-- title: 后备人选的结构 | Profile of the reserve pool
-- grain: reserve_for
-- people: people, aged_35_or_under, bachelors, certified, party_members
-- of_people: average_age = round(average_age, 1)
-- of_people: aged_35_or_under = least(aged_35_or_under, people)
-- of_people: share_35_or_under = 100.0 * aged_35_or_under / nullif(people, 0)
-- of_people: bachelors = least(bachelors, people)
-- of_people: bachelor_share = 100.0 * bachelors / nullif(people, 0)
-- of_people: certified = least(certified, people)
-- of_people: certified_share = 100.0 * certified / nullif(people, 0)
-- of_people: party_members = least(party_members, people)
-- of_people: party_member_share = 100.0 * party_members / nullif(people, 0)
-- note: 少于 5 人不显示结构 | Hidden below 5 people
with
reserves as (
    select
        reserve_for,
        count(*) as people,
        1.0 * sum(age) / count(*) as average_age,
        count(*) filter (where age <= 35) as aged_35_or_under,
        count(*) filter (where education in ('bachelor', 'postgraduate')) as bachelors,
        count(*) filter (where certificate <> 'none') as certified,
        count(*) filter (where political_status in ('party_member', 'probationary')) as party_members,
    from worker_months
    where reserve_for <> 'none'
        and month = (select max(month) from worker_months)
    group by reserve_for
)
select
    reserve_for,
    people,
    case when people >= 5 then average_age end as average_age,
    case when people >= 5 then aged_35_or_under end as aged_35_or_under,
    case when people >= 5 then 100.0 * aged_35_or_under / people end as share_35_or_under,
    case when people >= 5 then bachelors end as bachelors,
    case when people >= 5 then 100.0 * bachelors / people end as bachelor_share,
    case when people >= 5 then certified end as certified,
    case when people >= 5 then 100.0 * certified / people end as certified_share,
    case when people >= 5 then party_members end as party_members,
    case when people >= 5 then 100.0 * party_members / people end as party_member_share,
from reserves
order by case reserve_for when 'secretary' then 1 when 'deputy' then 2 else 3 end
