-- title: 各年不称职和其后的处理 | Fails by year and what followed
-- grain: year
-- people: assessed, failed, dismissed, demoted, admonished, left_otherwise, nothing_followed
-- note: 处理算到数据日，取最重的一种；不称职不足 5 人、或没有履历事件的不显示去向 | What followed by the data date, most severe action only; hidden below 5 fails or without a career events file
with
years as (
    select
        year(month) as assess_year,
        count(*) as assessed,
        count(*) filter (where result = 'incompetent') as failed,
        count(followed_by) as known_outcomes,
        count(*) filter (where followed_by = 'dismissal') as dismissed,
        count(*) filter (where followed_by = 'demotion') as demoted,
        count(*) filter (where followed_by = 'admonition') as admonished,
        count(*) filter (where followed_by = 'left') as left_otherwise,
        count(*) filter (where followed_by = 'nothing') as nothing_followed,
    from assessments
    group by year(month)
)
select
    assess_year::varchar as assess_year,
    assessed,
    case when assessed >= 5 then failed end as failed,
    case when known_outcomes >= 5 then dismissed end as dismissed,
    case when known_outcomes >= 5 then demoted end as demoted,
    case when known_outcomes >= 5 then admonished end as admonished,
    case when known_outcomes >= 5 then left_otherwise end as left_otherwise,
    case when known_outcomes >= 5 then nothing_followed end as nothing_followed,
from years
order by years.assess_year desc
