-- title: 合伙人成员 | Members of partners
-- unit: people
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 在册合伙人上报的成员数之和，一人参加几家的计几次 | Total members as reported by partners; people in several are counted several times
select
    coalesce(sum(members), 0) as value,
from partner_months
