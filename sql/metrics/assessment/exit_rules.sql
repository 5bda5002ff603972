-- title: 退出情形 | Exit rules
-- unit: items
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 执行中的标准条目 exit_rule | Items of the standard exit_rule in force
select
    count(*) filter (where standard = 'exit_rule') as value,
from area_standards
