-- title: 联系领导 | Linked leaders
-- unit: people
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 在任者，一人只计一次 | In office; each person counted once
select
    count(distinct case when role = 'linked_leader' then holder_id end) as value,
from partner_post_months
