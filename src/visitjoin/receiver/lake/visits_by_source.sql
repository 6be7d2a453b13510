-- How many visits came from where?
-- visits. A row a traffic source, the most visits first: traffic_source, '' where it is not known;
-- visits.
select coalesce(traffic_source, '') as traffic_source, count(*) as visits
from visits
group by all
order by visits desc, traffic_source
