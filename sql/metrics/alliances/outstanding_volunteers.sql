-- title: 优秀志愿者 | Outstanding volunteers
-- unit: people
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- note: 期内获授，同一对象只计一次 | Awarded in the period; each recipient counted once
select
    count(distinct recipient_id) filter (where honour = 'outstanding_volunteer') as value,
from honours
