-- title: 列出服务的合伙人 | Partners offering a service
-- unit: partners
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 期末至少有一项在供服务，一家只计一次 | With at least one service on offer at the end of the period
select
    count(distinct partner_id) as value,
from service_months
