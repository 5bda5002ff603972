-- title: 地图上的阵地 | Venues on the map
-- grain: place
-- params: kinds
-- note: 期末开放的阵地；没有经纬度的也列出 | Venues open at the end of the period, including those without coordinates
with
period_end as (
    select max(month) as month
    from community_months
)
select
    place_months.place_id,
    places.place_name,
    place_months.kind,
    places.lon,
    places.lat,
    place_months.province,
    place_months.city,
    place_months.county,
    place_months.street,
    place_months.community,
    place_months.place,
from place_months
inner join period_end
    on place_months.month = period_end.month
inner join staging.places as places
    on place_months.place_id = places.place_id
where list_contains($kinds, place_months.kind)
order by place_months.kind, place_months.place_id
