-- title: 联席会议事项30日内解决率 | Joint-meeting issues resolved within 30 days
-- short: 联席事项30日内解决 | Joint issues in 30 days
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- cohort: ripe
-- note: 上报后 30 天内解决的联席会议事项 ÷ 全部上报，按上报月份；只计已满期的整月 | Joint-meeting issues resolved within 30 days of being raised ÷ all raised, by month raised. Counts only whole months that are old enough to be judged
select
    100.0 * sum(resolved_within_30_days) filter (where kind = 'joint_meeting')
        / nullif(sum(requests) filter (where kind = 'joint_meeting'), 0) as value,
    coalesce(sum(resolved_within_30_days) filter (where kind = 'joint_meeting'), 0) as numerator,
    coalesce(sum(requests) filter (where kind = 'joint_meeting'), 0) as denominator,
from request_months
