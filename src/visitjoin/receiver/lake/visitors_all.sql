-- Which visitors are there at all, so that all their visits are made again?
-- all_hits: all hits of one counter; $newest: the last batch that is looked at.
-- The temporary table reached: as in visitors_reached.sql.
create or replace temp table reached as
select client_id, min(happened_at) as changed_since, true as is_certain
from all_hits
where batch <= $newest and not robot
group by client_id
