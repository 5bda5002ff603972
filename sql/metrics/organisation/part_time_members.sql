-- title: 兼职委员 | Part-time committee members
-- unit: people
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 在任者，一人只计一次 | In office; each person counted once
select
    count(distinct case when role = 'part_time_member' then holder_id end) as value,
from partner_post_months
