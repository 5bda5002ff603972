-- title: 每百户服务设施面积 | Service facilities per 100 households
-- short: 每百户设施 | Facilities per 100
-- unit: m2
-- decimals: 1
-- direction: higher
-- aggregation: latest
-- note: 党群服务中心和驿站的面积；只计有人口基数的社区 | Area of service centres and stations, over communities with a population count
-- standard: facility_area
select
    100.0 * sum(service_area_m2) filter (where households is not null) / nullif(sum(households), 0) as value,
    sum(service_area_m2) filter (where households is not null) as numerator,
    sum(households) as denominator,
    case
        when sum(households) filter (where facility_area_standard is null) is null
            then sum(households * facility_area_standard) / nullif(sum(households), 0)
    end as standard,
    case
        when sum(households) filter (where facility_area_recommended is null) is null
            then sum(households * facility_area_recommended) / nullif(sum(households), 0)
    end as recommended,
from community_months
