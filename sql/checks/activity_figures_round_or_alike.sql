-- title: 活动人次几乎都是整十或时长全部相同 | Activities with almost all round headcounts or identical hours
-- severity: verify
-- fix: 核对签到和记录；是估计或统一填写的，请按实际重报 | Check the sign-in sheets; if figures were estimated or filled in uniformly, resubmit the actual ones
-- note: 一个社区一个季度有 20 个及以上活动填了参与人次、受益人次或服务时长：人次 90% 及以上是 10 的倍数，或时长全部相同；0 不算 | A community with at least 20 activities in a quarter that give participants, beneficiaries or hours, where 90% or more of the headcounts are multiples of 10 or all hours are identical; zeros do not count
with
figures as (
    select
        coalesce(community, street, county, city, province) as area_code,
        year(month) || 'Q' || quarter(month) as period,
        unnest(['participants', 'beneficiaries', 'hours']) as column_name,
        unnest([participants, beneficiaries, hours]) as figure,
    from activities
)
select
    area_code,
    column_name,
    period,
    count(*) as activities,
    round(100.0 * count(*) filter (where figure % 10 = 0) / count(*), 1) as round_percent,
    min(figure) as lowest,
    max(figure) as highest,
from figures
where figure > 0
group by area_code, column_name, period
having count(*) >= 20
    and case
        when column_name = 'hours' then min(figure) = max(figure)
        else 10 * count(*) filter (where figure % 10 = 0) >= 9 * count(*)
    end
order by area_code, column_name, period
