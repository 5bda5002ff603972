-- title: 专项整治、邻里集市与文化节 | Campaigns, markets and festivals
-- grain: kind, title
-- people: participants, beneficiaries
-- note: 期内次数多的在前 | Most frequent in the period first
select
    kind,
    title,
    count(*) as times,
    count(distinct community) as communities,
    sum(participants) as participants,
    sum(beneficiaries) as beneficiaries,
    min(started_at)::date as first_on,
    max(started_at)::date as last_on,
from activities
where kind in ('campaign', 'market', 'festival')
group by kind, title
order by kind, times desc, title
