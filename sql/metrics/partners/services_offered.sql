-- title: 供给服务 | Services offered
-- unit: services
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 期末在供的服务项 | Services on offer at the end of the period
select
    coalesce(sum(1), 0) as value,
from service_months
