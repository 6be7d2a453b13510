-- How many rows of each uploading are in a table?
-- facts: the rows of the table, of all counters.
-- A row an uploading: uploading_id, rows.
select uploading_id, count(*) as rows
from facts
group by uploading_id
