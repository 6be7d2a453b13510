-- Which files of the table hold visits of an import already, and how many?
-- $files: the table's files; spoken_of: visit_id, of the import.
-- A row a file that holds one: filename, visits.
select filename, count(*) as visits
from read_parquet($files, hive_partitioning = false, filename = true)
semi join spoken_of using (visit_id)
group by filename
