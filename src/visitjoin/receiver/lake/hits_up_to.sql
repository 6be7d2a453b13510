-- Which hits of the visitors who are reached were there up to a batch?
-- all_hits, reached: as in visitors_reached.sql; up_to: batch.
-- The view hits: a row a hit, with the columns of contract.tables.HIT.
create or replace view hits as
select all_hits.*
from all_hits
join reached on reached.client_id = all_hits.client_id
where all_hits.happened_at >= reached.changed_since
    and not all_hits.robot
    and all_hits.batch <= (select batch from up_to)
