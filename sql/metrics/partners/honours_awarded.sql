-- title: 授予荣誉 | Honours awarded
-- unit: times
-- decimals: 0
-- direction: higher
-- aggregation: sum
-- people: value
-- note: 按授予月份；再次获得的再计一次 | By month awarded; repeat awards count again
select
    coalesce(sum(1), 0) as value,
from honours
