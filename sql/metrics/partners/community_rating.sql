-- title: 社区考核 | Community's rating
-- short: 社区考核 | Community
-- unit: score
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- note: 百分制，期内各季度每家一次评分的平均；区域按合伙人登记地 | Out of 100; mean of one score per partner and quarter; area is where the partner is registered
select
    1.0 * sum(community_score) / nullif(count(community_score), 0) as value,
    sum(community_score) as numerator,
    count(community_score) as denominator,
from partner_ratings
