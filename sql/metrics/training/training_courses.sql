-- title: 特色课程 | Courses
-- unit: courses
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 近 12 个月开过的课程类别 | Distinct courses held in the last 12 months
select
    count(distinct offer) filter (where offer_kind = 'course') as value,
from training_offers
