-- title: 调整程序步骤 | Appointment procedure steps
-- unit: items
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 执行中的标准条目 appointment_step | Items of the standard appointment_step in force
select
    count(*) filter (where standard = 'appointment_step') as value,
from area_standards
