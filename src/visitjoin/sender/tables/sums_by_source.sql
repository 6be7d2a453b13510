-- What did each traffic source bring?
-- Reads fates. Returns traffic_source ('' where not known), currency, rows, money, of linked rows.
select
    coalesce(traffic_source, '') as name,
    coalesce(currency, '') as currency,
    count(*) as rows,
    sum(price) as money
from fates
where fate = 'linked'
group by coalesce(traffic_source, ''), coalesce(currency, '')
order by name, currency
