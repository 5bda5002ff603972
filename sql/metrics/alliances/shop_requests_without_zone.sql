-- title: 未记片区的商铺诉求 | Shop requests without a zone
-- short: 未记片区诉求 | Requests without a zone
-- unit: requests
-- decimals: 0
-- direction: none
-- aggregation: sum
-- note: 没有填商铺片区编号的商铺诉求 | Shop requests with no zone recorded
select
    coalesce(sum(without_zone) filter (where kind = 'shop'), 0) as value,
from request_months
