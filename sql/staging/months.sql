-- title: 日历 | Calendar of months
-- grain: month
-- source: raw.months
select
    month,
    month_end,
    observed_on,
from raw.months
