-- title: 两代表一委员 | Workers holding congress or consultative seats
-- short: 两代表一委员 | Public seats
-- unit: people
-- decimals: 0
-- better: higher
-- over_time: latest
-- note: 在岗且任党代表、人大代表或政协委员 | On post and a party delegate, deputy or consultative member
select
    count(distinct worker_id) filter (where public_seat <> 'none') as value,
from worker_months
