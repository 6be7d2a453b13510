-- Which Targets are in the rows that are uploaded, or would be?
-- Reads conversions and held_back, which are few in most runs, so it costs a third of asking
-- leaving. Returns target and rows.
select target, count(*) as rows
from conversions
anti join held_back using (row_no)
group by target
order by target
