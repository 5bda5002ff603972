-- title: 借调在外的平均时长 | Average length of open secondments
-- short: 平均时长 | Average length
-- unit: months_count
-- decimals: 1
-- direction: lower
-- aggregation: latest
-- people: denominator
-- note: 期末仍在借调的人已借调的整月数 | Whole months to date, for staff still seconded at the end of the period
select
    1.0 * sum(months_open) / nullif(count(*), 0) as value,
    sum(months_open) as numerator,
    count(*) as denominator,
from secondment_months
