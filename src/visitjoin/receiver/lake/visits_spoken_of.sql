-- Which files hold visits that are not to stay as they were?
-- $files: files of visits; spoken_of: visit_id.
-- A row a file that holds one: filename.
select distinct filename
from read_parquet($files, hive_partitioning = false, filename = true)
semi join spoken_of using (visit_id)
