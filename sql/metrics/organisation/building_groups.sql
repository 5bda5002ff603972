-- title: 楼栋党小组 | Building party groups
-- unit: groups
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 已成立且未撤销 | Set up and not closed
select
    coalesce(sum(organisations) filter (where kind = 'building_group'), 0) as value,
from organisation_months
