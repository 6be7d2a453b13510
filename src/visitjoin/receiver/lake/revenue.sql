-- What did the linked conversions of a counter bring, by goal and source?
-- $unfinished: ids of the uploadings whose rows do not count yet. standing: as in standing.sql.
-- A row a Target, traffic source and currency: target, traffic_source, currency, conversions,
-- revenue; '' where source or currency is not known.
select
    s.target,
    coalesce(v.traffic_source, '') as traffic_source,
    coalesce(s.currency, '') as currency,
    count(*) as conversions,
    coalesce(sum(s.price), 0) as revenue
from standing($unfinished) as s
join visits as v on v.visit_id = s.visit_id
group by all
order by all
