-- title: 完整名册中未被采用的行 | Rows of complete rosters that were not loaded
-- grain: district, as_of, worker
-- source: raw.full_roster_gaps
select
    district,
    as_of,
    worker_id,
from raw.full_roster_gaps
