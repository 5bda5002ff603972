-- title: 各角色联系户数 | Households linked, by role
-- short: 联系户数 | Households linked
-- unit: households
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 在任的报到党员、楼栋长、单元长等的联系户数之和；几人联系同一户的计几次；没有登记户数的不列 | Total households linked by reporting members, building and unit leaders and others in office; a household linked by several people counts several times; empty where none is recorded
select
    nullif(sum(households_linked), 0) as value,
from partner_post_months
