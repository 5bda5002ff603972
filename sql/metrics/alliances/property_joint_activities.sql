-- title: 与物业联建共建活动 | Joint Party activities with property companies
-- short: 物业联建活动 | Joint activities
-- unit: times
-- decimals: 0
-- direction: higher
-- aggregation: sum
select
    coalesce(sum(activities) filter (where kind = 'joint_party_day' and partner_kind = 'property_company'), 0) as value,
from activity_months
