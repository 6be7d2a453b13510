-- When did the conversions happen, and in which fate did they end?
-- Reads fates. Returns the quarter of an hour (Unix seconds, UTC), fate, currency ('' for none),
-- rows, money (null where no row has a price). A quarter of an hour is the largest step of which
-- every zone's day is made, so the day is named by whoever knows the zone. Rows without a moment
-- are left out.
select
    happened_at // 900 * 900 as quarter,
    fate,
    coalesce(currency, '') as currency,
    count(*) as rows,
    sum(price) as money
from fates
where happened_at is not null
group by quarter, fate, coalesce(currency, '')
order by quarter, fate, currency
