-- title: 已解决但没有办结时间的诉求 | Resolved requests without a closing time
-- severity: warn
-- fix: 在工单文件里补上办结时间；在此之前它们不计入办结月份 | Fill in the closing time; until then they count in no closing month
select
    coalesce(community, street, county, city, province) as area_code,
    request_id,
    kind,
    raised_at,
from requests
where resolved = 1
    and closed_at is null
order by area_code, request_id
