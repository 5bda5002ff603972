-- title: 缺口 | Workers short of the standard
-- short: 缺口 | Short by
-- unit: people
-- decimals: 0
-- direction: lower
-- aggregation: latest
-- note: 应配 − 配备口径社区工作者，只计已报名册、有配备标准的社区；负数为超配 | Required − workers counted for the ratio, in communities with a roster and a staffing standard; negative means a surplus
-- standard: staffing_ratio
-- needs_standard: yes
select
    ceil(round(sum(urban_residents * staffing_standard) filter (where staffing_workers is not null) / 10000.0, 6))
        - sum(staffing_workers) filter (where staffing_standard is not null) as value,
    case when count(staffing_standard) filter (where is_urban) > 0 then 0 end as standard,
from community_months
