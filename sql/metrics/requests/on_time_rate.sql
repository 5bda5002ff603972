-- title: 按时办结率 | On-time rate
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: ratio
-- cohort: ripe
-- note: 有时限且已办结或已到期者中，按时办结的；逾期未办结的计为不按时。按上报月份，只计已满期的整月 | Requests closed by their due time ÷ requests with a due time that are closed or overdue; open overdue requests count as late. By month raised; counts only whole months that are old enough to be judged
select
    100.0 * sum(closed_on_time) filter (where falls_due > 0) / nullif(sum(falls_due), 0) as value,
    sum(closed_on_time) filter (where falls_due > 0) as numerator,
    sum(falls_due) as denominator,
from request_months
