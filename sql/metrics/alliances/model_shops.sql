-- title: 文明示范商户 | Model shops
-- unit: shops
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- note: 期内获授，同一对象只计一次 | Awarded in the period; each recipient counted once
select
    count(distinct recipient_id) filter (where honour = 'model_shop') as value,
from honours
