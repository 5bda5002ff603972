-- title: 党组织 | Party organisations
-- unit: groups
-- decimals: 0
-- better: none
-- over_time: latest
-- note: 已成立且未撤销；党员中心户另计 | Set up and not closed; focal households apart
select
    coalesce(sum(case when kind <> 'focal_household' then organisations end), 0) as value,
from organisation_months
