-- title: 党组织和党员中心户 | Party organisations and focal households
-- short: 党组织 | Party organisations
-- unit: groups
-- decimals: 0
-- direction: none
-- aggregation: latest
-- note: 已成立且未撤销的各类党组织，加上在任的党员中心户 | Organisations set up and not closed, and focal households in office
select
    coalesce(sum(organisations), 0) as value,
from organisation_months
