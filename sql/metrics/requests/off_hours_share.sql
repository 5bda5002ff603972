-- title: 非工作时间认领占比 | Share of claims outside working hours
-- short: 非工作时间 | Off hours
-- unit: percent
-- decimals: 1
-- direction: none
-- aggregation: ratio
-- month: month_claimed
-- note: 周末和 18:00–08:00，按认领月份 | Weekends and 18:00–08:00, by month claimed
select
    100.0 * sum(claimed_off_hours) / nullif(sum(claimed), 0) as value,
    sum(claimed_off_hours) as numerator,
    sum(claimed) as denominator,
from request_months
