-- Which rows of the source are in which batch?
-- Reads parts, which the run keeps. Returns batch_no, kind (null for every kind), first_row, last_row.
select batch_no, kind, first_row, last_row
from parts
order by batch_no
