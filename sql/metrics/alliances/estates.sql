-- title: 小区 | Estates
-- unit: estates
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 在册小区 | Estates on record and not closed
select
    count(*) as value,
from estate_months
