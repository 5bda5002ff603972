-- title: 日历 | Calendar of months
-- grain: month
-- sql_lab: no_person
-- source: raw.months
select
    month,
    month_end,
    observed_on,
from raw.months
