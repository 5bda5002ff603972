-- title: 党员中心户 | Party-member focal households
-- unit: households
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 在任者，一人只计一次 | In office; each person counted once
select
    count(distinct case when role = 'focal_household' then holder_id end) as value,
from partner_post_months
