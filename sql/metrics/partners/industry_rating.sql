-- title: 行业评议 | Industry's rating
-- short: 行业评议 | Industry
-- unit: score
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- note: 百分制，期内各季度每家一次评分的平均；区域按合伙人登记地 | Out of 100; mean of one score per partner and quarter; area is where the partner is registered
select
    1.0 * sum(industry_score) / nullif(count(industry_score), 0) as value,
    sum(industry_score) as numerator,
    count(industry_score) as denominator,
from partner_ratings
