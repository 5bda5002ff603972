-- title: 报到党员 | Party members reporting to their estates for service
-- unit: people
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 在任者，一人只计一次 | In office; each person counted once
select
    count(distinct case when role = 'reporting_member' then holder_id end) as value,
from partner_post_months
