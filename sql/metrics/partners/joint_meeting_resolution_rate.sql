-- title: 联席会议事项解决率 | Share of joint-meeting issues resolved
-- short: 联席事项解决率 | Resolved
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- note: 期内上报的联席会议事项中已解决的 | Resolved ÷ raised in the period
select
    100.0 * sum(resolved) filter (where kind = 'joint_meeting')
        / nullif(sum(requests) filter (where kind = 'joint_meeting'), 0) as value,
    coalesce(sum(resolved) filter (where kind = 'joint_meeting'), 0) as numerator,
    coalesce(sum(requests) filter (where kind = 'joint_meeting'), 0) as denominator,
from request_months
