-- Which Targets are in the rows that are uploaded, or would be?
-- Reads conversions and planned. Returns target and rows.
select conversions.target, count(*) as rows
from conversions
inner join planned on planned.row_no = conversions.row_no
where planned.fate = 'uploaded'
group by conversions.target
order by conversions.target
