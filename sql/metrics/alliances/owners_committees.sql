-- title: 业委会（物管会） | Owners' committees
-- unit: committees
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 在册小区 | Estates on record and not closed
select
    count(*) filter (where committee in ('owners_committee', 'management_committee')) as value,
from estate_months
