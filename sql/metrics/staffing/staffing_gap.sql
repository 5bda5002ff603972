-- title: 缺口 | Workers short of the standard
-- short: 缺口 | Short by
-- unit: people
-- decimals: 0
-- direction: lower
-- aggregation: latest
-- note: 应配 − 配备口径社区工作者，只计已报名册的社区；负数为超配 | Required − workers counted for the ratio, in communities with a roster; negative means a surplus
select
    ceil(round(sum(urban_residents * staffing_standard) filter (where staffing_workers is not null) / 10000.0, 6))
        - sum(staffing_workers) as value,
    0 as standard,
from community_months
