-- How large is a Parquet file?
-- $file: its path or address.
-- One row: rows, bytes.
select num_rows as rows, file_size_bytes as bytes
from parquet_file_metadata($file)
