-- title: 各岗位的三项得分和权重 | The three scores and their weights by post
-- grain: post
-- people: workers
-- of_people: daily_score = round(daily_score, 1)
-- of_people: annual_score = round(annual_score, 1)
-- of_people: feedback_score = round(feedback_score, 1)
-- of_people: total_score = round(total_score, 1)
-- note: 权重为本地标准 assessment_weight，没有规定时三项等权；少于 5 人的岗位不显示得分 | Weights are the area's assessment_weight, or equal where none is set; scores of fewer than 5 people are hidden
with
period_end as (
    select max(month) as month
    from community_months
),
weights as (
    select
        area_standards.item_group as post,
        max(area_standards.value) filter (where area_standards.item like '%:daily') as daily_weight,
        max(area_standards.value) filter (where area_standards.item like '%:annual') as annual_weight,
        max(area_standards.value) filter (where area_standards.item like '%:feedback') as feedback_weight,
    from area_standards
    inner join period_end
        on area_standards.month = period_end.month
    where area_standards.standard = 'assessment_weight'
    group by area_standards.item_group
),
scores as (
    select
        post,
        count(distinct worker_id) as workers,
        avg(daily_score) as daily_score,
        avg(annual_score) as annual_score,
        avg(feedback_score) as feedback_score,
        avg(total_score) as total_score,
    from assessments
    group by post
)
select
    scores.post,
    scores.workers,
    weights.daily_weight,
    case when scores.workers >= 5 then scores.daily_score end as daily_score,
    weights.annual_weight,
    case when scores.workers >= 5 then scores.annual_score end as annual_score,
    weights.feedback_weight,
    case when scores.workers >= 5 then scores.feedback_score end as feedback_score,
    case when scores.workers >= 5 then scores.total_score end as total_score,
from scores
left join weights
    on scores.post = weights.post
order by case scores.post when 'secretary' then 1 when 'deputy' then 2 when 'worker' then 3 else 4 end, scores.post
