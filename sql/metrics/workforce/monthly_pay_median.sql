-- title: 月薪中位数 | Median monthly pay
-- unit: yuan_per_month
-- decimals: 0
-- direction: none
-- aggregation: latest
-- min_people: 10
-- largest_share: 50
-- note: 月末在岗、名册写明月薪的人；不足 10 人，或一人占合计一半以上的不显示（(n,k) 支配规则，n=1，k=50：ESSnet《统计披露控制手册》4.2） | Workers in post with pay recorded; hidden below 10 people, or where one person has more than half of the sum (the (n,k) dominance rule with n=1, k=50: ESSnet Handbook on Statistical Disclosure Control, 4.2)
select
    median(monthly_pay) as value,
    count(*) as denominator,
    100.0 * max(monthly_pay) / nullif(sum(monthly_pay), 0) as largest_share,
from pay_months
