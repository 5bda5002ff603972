-- title: 已退出合伙人的在任职务 | Open posts of partners that have left
-- severity: warn
-- people: rows
-- fix: 在合伙人任职文件里填上结束日期 | Fill in the end date in the partner posts file
select
    posts.community_code as area_code,
    posts.post_id,
    posts.role,
    posts.partner_id,
    partners.left_on,
from staging.partner_posts as posts
inner join staging.partners as partners
    on posts.partner_id = partners.partner_id
where posts.until is null
    and partners.left_on <= (select max(observed_on) from staging.months)
order by area_code, posts.post_id
