-- title: 书记等级、比例和补贴 | Secretaries' tiers, shares and allowances
-- grain: tier
-- people: secretaries
-- of_people: share = 100.0 * secretaries / nullif(sum(secretaries) over (), 0)
-- of_people: monthly_total = case when monthly_total is not null then secretaries * allowance end
-- note: 在岗社区正职按最近一年评定的等级；不足 5 人不显示人数，不足 10 人不显示补贴合计 | Secretaries in post, by tier in the latest annual assessment; headcount hidden below 5 people, total allowance below 10
with
period_end as (
    select max(month) as month
    from community_months
),
rules as (
    select
        area_standards.item as tier,
        max(area_standards.value) filter (where area_standards.standard = 'tier_share') as target_share,
        max(area_standards.value) filter (where area_standards.standard = 'tier_allowance') as allowance,
    from area_standards
    inner join period_end
        on area_standards.month = period_end.month
    where area_standards.standard in ('tier_share', 'tier_allowance')
    group by area_standards.item
),
held as (
    select
        worker_months.tier::varchar as tier,
        count(*) as secretaries,
    from worker_months
    inner join period_end
        on worker_months.month = period_end.month
    where worker_months.post = 'secretary'
        and worker_months.tier is not null
    group by worker_months.tier
),
tiers as (
    select
        coalesce(rules.tier, held.tier) as tier,
        coalesce(held.secretaries, 0) as secretaries,
        coalesce(sum(held.secretaries) over (), 0) as all_secretaries,
        rules.target_share,
        rules.allowance,
    from rules
    full join held
        on rules.tier = held.tier
)
select
    tier,
    case when all_secretaries >= 5 then secretaries end as secretaries,
    case when all_secretaries >= 5 then 100.0 * secretaries / all_secretaries end as share,
    target_share,
    allowance,
    case when all_secretaries >= 10 then secretaries * allowance end as monthly_total,
from tiers
order by tier
