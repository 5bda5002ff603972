-- title: 二级书记月补贴 | Monthly second-tier allowance
-- unit: yuan_per_month
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 标准表 tier_allowance | From the standard tier_allowance
select
    sum(value) filter (where standard = 'tier_allowance' and item = '2') as value,
from area_standards
