-- title: 没有配备标准的城镇社区 | Urban communities without a staffing standard
-- severity: warn
-- fix: 在标准文件里给出 staffing_ratio（区划代码留空表示全国） | Give staffing_ratio in a standards file (an empty area_code means everywhere)
select
    community as area_code,
    month,
from community_months
where is_urban
    and staffing_standard is null
    and month = (select max(month) from staging.months)
order by area_code
