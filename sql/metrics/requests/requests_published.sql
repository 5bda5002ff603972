-- title: 公开发布的诉求 | Requests published
-- short: 公开发布 | Published
-- unit: requests
-- decimals: 0
-- direction: none
-- aggregation: sum
-- note: 有发布时间、公开等待认领的；网格和社区直接受理的不经发布。按上报月份 | Requests published for claiming; those a grid or community accepts directly are not included. By month raised
select
    coalesce(sum(published), 0) as value,
from request_months
