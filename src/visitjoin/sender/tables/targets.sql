-- Which Targets are in the rows that are uploaded, or would be?
-- Reads conversions and leaving. Returns target and rows.
select target, count(*) as rows
from conversions
where row_no in (select row_no from leaving)
group by target
order by target
