-- title: 书记等级比例之和不是 100 | Secretary tier shares that do not add up to 100
-- severity: warn
-- fix: 改正标准里的 tier_share | Correct tier_share in the standards
select
    area_code,
    sum(value) as shares,
from area_standards
where standard = 'tier_share'
    and item is not null
    and month = (select max(month) from staging.months)
group by area_code
having abs(sum(value) - 100) > 0.01
order by area_code
