-- title: 合伙人类型数 | Partner sectors
-- unit: kinds
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 机关单位、市场主体、社会力量、居民群众中有几类 | How many of the four sectors have partners
select
    count(distinct partner_sector) as value,
from partner_months
