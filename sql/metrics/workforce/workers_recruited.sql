-- title: 选聘社区工作者 | Workers recruited
-- short: 选聘社工 | Recruited
-- unit: people
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- note: 入职时有选聘方式记录者，含已离职 | Hires with a recorded recruitment channel, including those who later left
select
    count(*) filter (where move = 'hire' and recruited_via is not null) as value,
from worker_moves
