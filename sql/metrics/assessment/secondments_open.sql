-- title: 借调在外 | Open secondments
-- unit: people
-- decimals: 0
-- direction: lower
-- aggregation: latest
-- note: 借调后没有归还、再借调或离职记录的人 | Seconded, with no return, further secondment or departure on record since
select
    count(distinct worker_id) as value,
from secondment_months
