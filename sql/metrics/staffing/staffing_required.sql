-- title: 应配社区工作者 | Workers required by the standard
-- short: 应配 | Required
-- unit: people
-- decimals: 0
-- direction: none
-- aggregation: latest
-- people: none
-- note: 城镇常住人口 × 标准 ÷ 10000，按所选区域向上取整，下级之和可能略多 | Urban residents × standard ÷ 10,000, rounded up for the selected area, so its parts may add up to slightly more
select
    ceil(round(sum(urban_residents * staffing_standard) / 10000.0, 6)) as value,
from community_months
