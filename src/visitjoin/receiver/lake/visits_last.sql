-- Which row of an import is the one that counts for its visit? The last.
-- $rows: a Parquet file with the columns of a visit.
-- A row a visit_id, in the temporary table visits_last: visit_id, file_row_number.
create temp table visits_last as
select visit_id, max(file_row_number) as file_row_number
from read_parquet($rows, file_row_number = true)
group by visit_id
