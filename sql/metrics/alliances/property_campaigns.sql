-- title: 专项整治行动 | Property campaigns
-- unit: campaigns
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- note: 按名称计，同名只计一次 | Each title counted once
select
    count(distinct title) filter (where kind = 'campaign') as value,
from activities
