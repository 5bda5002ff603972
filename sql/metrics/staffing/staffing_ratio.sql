-- title: 每万名城镇常住人口社区工作者 | Community workers per 10,000 urban residents
-- short: 每万人社工 | Workers per 10k
-- unit: per_10k
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- people: numerator
-- note: 在岗社区工作者 ÷ 城镇常住人口；只计有人口基数且已报名册的城镇社区 | Workers in post ÷ urban residents, over urban communities with a population count and a roster
select
    10000.0 * sum(staffing_workers)
        / nullif(sum(urban_residents) filter (where staffing_workers is not null), 0) as value,
    sum(staffing_workers) as numerator,
    sum(urban_residents) filter (where staffing_workers is not null) as denominator,
    case
        when sum(urban_residents) filter (where staffing_standard is null) is null
            then sum(urban_residents * staffing_standard) / nullif(sum(urban_residents), 0)
    end as standard,
    case
        when sum(urban_residents) filter (where staffing_recommended is null) is null
            then sum(urban_residents * staffing_recommended) / nullif(sum(urban_residents), 0)
    end as recommended,
from community_months
