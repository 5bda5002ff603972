-- title: 公开发布的诉求 | Requests published
-- short: 公开发布 | Published
-- unit: requests
-- decimals: 0
-- direction: none
-- aggregation: sum
-- note: 有发布时间、公开等待认领的；网格和社区直接受理的不经发布。按上报月份 | Those with a publishing time, put out to be claimed; what a grid or community takes up directly is not. By the month raised
select
    coalesce(sum(published), 0) as value,
from request_months
