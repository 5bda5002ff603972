-- title: 微心愿从上墙到完成 | Micro-wishes by step reached
-- grain: step
-- note: 期内提出的微心愿，走到哪一步；后面的步骤有时间的，前面的也算走到 | Wishes raised in the period, by step reached; a wish counts for every step up to the furthest it reached
with
wishes as (
    select
        count(*) as raised,
        count(*) filter (
            where published_at is not null or claimed_at is not null or closed_at is not null
        ) as published,
        count(*) filter (where claimed_at is not null or resolved = 1) as claimed,
        count(*) filter (where resolved = 1) as granted,
    from requests
    where kind = 'micro_wish'
)
select 'wish_raised' as step, raised as count, 1 as place
from wishes
union all
select 'wish_published' as step, published as count, 2 as place
from wishes
union all
select 'wish_claimed' as step, claimed as count, 3 as place
from wishes
union all
select 'wish_granted' as step, granted as count, 4 as place
from wishes
order by place
