-- title: 结对联系户数 | Households linked
-- unit: households
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 在任报到党员的联系户数之和 | Total households linked by reporting members in office
select
    coalesce(sum(households_linked) filter (where role = 'reporting_member'), 0) as value,
from partner_post_months
