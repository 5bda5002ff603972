-- title: 连续不合格退出年数 | Consecutive fails that end a post
-- unit: years_count
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 标准 consecutive_failed_years | From the standard consecutive_failed_years
select
    max(value) filter (where standard = 'consecutive_failed_years') as value,
from area_standards
