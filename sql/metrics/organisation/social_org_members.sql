-- title: 社会组织参与人数 | Participants in social organisations
-- unit: people
-- decimals: 0
-- direction: higher
-- aggregation: latest
-- note: 社区社会组织的成员数之和 | Members of community social organisations, added up
select
    coalesce(sum(members) filter (where partner_kind = 'social_org'), 0) as value,
from partner_months
