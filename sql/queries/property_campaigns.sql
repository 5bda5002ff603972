-- title: 各专项整治行动 | Campaigns
-- grain: campaign
-- people: participants
-- note: 按名称计，最近的在前 | By title, latest first
select
    title,
    min(started_at)::date as first_on,
    max(started_at)::date as last_on,
    count(*) as times,
    sum(participants)::bigint as participants,
    count(distinct community) as communities,
from activities
where kind = 'campaign'
group by title
order by first_on desc, title
