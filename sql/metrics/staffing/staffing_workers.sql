-- title: 配备口径社区工作者 | Workers counted for the staffing ratio
-- short: 配备口径社工 | Workers counted
-- unit: people
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 城镇社区中有人口基数者的在岗社区工作者 | In post in urban communities with a population count
select
    sum(staffing_workers) as value,
from community_months
