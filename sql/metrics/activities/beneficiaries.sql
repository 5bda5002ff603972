-- title: 受益人次 | Beneficiaries
-- unit: person_times
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- note: 填报了受益人次的各类活动合计；专项整治、议事协商一般不填 | Over all activities that report beneficiaries; campaigns and meetings usually do not
select
    coalesce(sum(beneficiaries), 0) as value,
from activity_months
