-- title: 人口数突变 | Sudden changes in population counts
-- severity: verify
-- fix: 核对两次统计的常住人口，是否填错或单位不一；社区确有拆分、合并或搬迁的，不用改 | Check the two counts for typing errors or different units; if the community was split, merged or relocated, no change is needed
-- note: 同一社区前后两次统计，常住人口增减超过 30% | Residents up or down by more than 30% between two counts of the same community
with
counts as (
    select
        community_code as area_code,
        lag(as_of) over (partition by community_code order by as_of) as previous_as_of,
        as_of,
        lag(residents) over (partition by community_code order by as_of) as previous_residents,
        residents,
    from staging.population
    where as_of <= (select max(observed_on) from staging.months)
)
select
    area_code,
    previous_as_of,
    as_of,
    previous_residents,
    residents,
    round(100.0 * (residents - previous_residents) / nullif(previous_residents, 0), 1) as change_percent,
from counts
where 10 * abs(residents - previous_residents) > 3 * previous_residents
order by area_code, as_of
