-- title: 一肩挑 | Branch secretaries who also chair the owners' committee
-- short: 一肩挑 | Party secretary is chair
-- unit: people
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 按未撤销的党支部计，一个支部只计一次 | Counted by open branch, each once
select
    count(distinct branch_id) filter (where secretary_is_chair and covered_by_branch = 1) as value,
from estate_months
