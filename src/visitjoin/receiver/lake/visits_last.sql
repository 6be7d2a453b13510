-- Which row of an import is the one that counts for its visit? The last.
-- $rows: a Parquet file with the columns of a visit.
-- A row a visit_id, in the temporary table spoken_of: visit_id, file_row_number.
create temp table spoken_of as
select visit_id, max(file_row_number) as file_row_number
from read_parquet($rows, file_row_number = true)
group by visit_id
