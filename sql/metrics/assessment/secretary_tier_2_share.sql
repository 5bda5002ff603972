-- title: 二级书记占比 | Share of second-tier secretaries
-- unit: percent
-- decimals: 0
-- direction: none
-- aggregation: latest
-- min_people: 5
-- note: 在岗社区正职中，按最近一年评定的等级 | Secretaries in post, by tier in the latest annual assessment
select
    100.0 * count(*) filter (where post = 'secretary' and tier = 2)
        / nullif(count(*) filter (where post = 'secretary' and tier is not null), 0) as value,
    count(*) filter (where post = 'secretary' and tier = 2) as numerator,
    count(*) filter (where post = 'secretary' and tier is not null) as denominator,
from worker_months
