-- title: 考核 | Assessments
-- grain: worker_id, assess_year
-- source: raw.assessments
select
    worker_id,
    assess_year,
    daily_score,
    annual_score,
    feedback_score,
    result,
    tier,
    source_district as district,
from raw.assessments
