-- title: 未记片区的商铺诉求 | Shop requests without a zone
-- short: 未记片区诉求 | Requests without a zone
-- unit: requests
-- decimals: 0
-- better: none
-- over_time: sum
-- note: 没有填商铺片区编号的商铺诉求 | Shop requests that name no zone
select
    count(case when kind = 'shop' and zone_id is null then 1 end) as value,
from requests
