-- title: 精品专题 | Special topics
-- unit: topics
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 近 12 个月开过的专题类别 | Distinct topics held in the last 12 months
select
    count(distinct offer) filter (where offer_kind = 'topic') as value,
from training_offers
