-- title: 以新托旧小区 | Older estates under a newer estate's manager
-- short: 以新托旧 | Older estates under a newer estate's manager
-- unit: estates
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 在册小区 | Estates on record and not closed
select
    count(*) filter (where management = 'old_with_new') as value,
from estate_months
