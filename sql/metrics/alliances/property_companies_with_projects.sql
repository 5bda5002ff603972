-- title: 近一年有共建项目的物业企业占比 | Property companies with a joint project in 12 months
-- short: 有共建项目的物业 | With joint projects
-- unit: percent
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- note: 近 12 个月联建共建活动和承接的共建事项达到每年标准的物业企业 ÷ 有该标准的物业企业；数据不记签约 | Companies whose joint party days and joint matters in the last 12 months reach the yearly standard ÷ companies the standard applies to; signed agreements are not recorded
-- standard: property_projects_per_year
-- needs_standard: yes
select
    100.0 * count(case when projects >= projects_standard then 1 end)
        / nullif(count(case when projects is not null and projects_standard is not null then 1 end), 0) as value,
    count(case when projects >= projects_standard then 1 end) as numerator,
    nullif(count(case when projects is not null and projects_standard is not null then 1 end), 0) as denominator,
    case when count(projects_standard) > 0 then 100 end as standard,
from property_company_months
