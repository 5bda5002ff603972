-- title: 得分几乎都是整十或全部相同 | Scores almost all round or identical
-- severity: verify
-- people: scores
-- fix: 核对原始打分表；是估计或统一填写的，请按实际打分重报 | Check the original score sheets; if scores were estimated or filled in uniformly, resubmit the actual ones
-- note: 一个区县一个季度（合伙人评价）或年度（考核）的 20 个及以上得分中，90% 及以上是 10 的倍数或全部相同；一个班次 20 个及以上训后得分、一个社区一个季度 20 个及以上满意度全部相同 | At least 20 scores in a county in a quarter (partner ratings) or year (assessments), with 90% or more multiples of 10 or all identical; or at least 20 identical post-training scores in a session, or satisfaction scores in a community in a quarter
with
ratings as (
    select
        coalesce(county, city, province) as area_code,
        year(month) || 'Q' || quarter(month) as period,
        unnest(['resident_score', 'community_score', 'industry_score']) as column_name,
        unnest([resident_score, community_score, industry_score]) as score,
    from partner_ratings
),
years as (
    select
        county as area_code,
        year(month)::varchar as period,
        unnest(['daily_score', 'annual_score', 'feedback_score']) as column_name,
        unnest([daily_score, annual_score, feedback_score]) as score,
    from assessments
),
scores as (
    select area_code, 'partner_ratings' as table_name, column_name, period, score, true as is_judged_by_tens
    from ratings
    union all
    select area_code, 'assessments' as table_name, column_name, period, score, true as is_judged_by_tens
    from years
    union all
    -- Multiples of ten are normal in a ten-question test and impossible in a 1–5 satisfaction score.
    select
        coalesce(sessions.community, sessions.street, sessions.county, sessions.city, sessions.province) as area_code,
        'training_attendance' as table_name,
        'score_after' as column_name,
        sessions.session_id as period,
        attendance.score_after as score,
        false as is_judged_by_tens,
    from staging.training_attendance as attendance
    inner join training_sessions as sessions
        on attendance.session_id = sessions.session_id
    union all
    select
        coalesce(community, street, county, city, province) as area_code,
        'requests' as table_name,
        'satisfaction' as column_name,
        year(raised_at) || 'Q' || quarter(raised_at) as period,
        satisfaction as score,
        false as is_judged_by_tens,
    from requests
)
select
    area_code,
    table_name,
    column_name,
    period,
    count(*) as scores,
    round(100.0 * count(*) filter (where score % 10 = 0) / count(*), 1) as round_percent,
    min(score) as lowest_score,
    max(score) as highest_score,
from scores
where score is not null
group by area_code, table_name, column_name, period
having count(*) >= 20
    and (
        min(score) = max(score)
        or (bool_and(is_judged_by_tens) and 10 * count(*) filter (where score % 10 = 0) >= 9 * count(*))
    )
order by area_code, table_name, column_name, period
