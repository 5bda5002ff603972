-- title: 任职人员 | People in posts
-- unit: people
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 在任者，一人只计一次；分角色时每个角色计一次 | In office; each person counted once, or once per role when split by role
select
    count(distinct holder_id) as value,
from partner_post_months
