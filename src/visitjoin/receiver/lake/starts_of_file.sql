-- When did the first and the last of a file's visits start?
-- $file: its path or address.
-- One row: first, last; Unix seconds, null where the file has no row.
select min(started_at) as first, max(started_at) as last
from read_parquet($file, hive_partitioning = false)
