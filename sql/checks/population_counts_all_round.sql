-- title: 人口数连续三次都是整百 | Population counts round three times in a row
-- severity: verify
-- fix: 核对是否为估计数；有实际统计数的，请按实数重报 | Check whether they are estimates; if actual counts exist, submit those
-- note: 社区最近三次统计的常住人口都是 100 的倍数 | A community's last three resident counts are all multiples of 100
with
last_three as (
    select
        community_code,
        as_of,
        residents,
    from staging.population
    where as_of <= (select max(observed_on) from staging.months)
    qualify row_number() over (partition by community_code order by as_of desc) <= 3
)
select
    community_code as area_code,
    min(as_of) as first_as_of,
    max(as_of) as last_as_of,
    min(residents) as lowest_residents,
    max(residents) as highest_residents,
from last_three
group by community_code
having count(*) = 3
    and bool_and(residents > 0 and residents % 100 = 0)
order by area_code
