-- The file of a batch as a table: row_no from 1, and every column of the API as text.
--
-- file: its path. A batch has only the columns that its source had.

select
    null::bigint as row_no,
    null::varchar as "ClientId",
    null::varchar as "UserId",
    null::varchar as "Yclid",
    null::varchar as "PurchaseId",
    null::varchar as "Target",
    null::varchar as "DateTime",
    null::varchar as "Price",
    null::varchar as "Currency"
where false

union all by name

select row_number() over () as row_no, *
from read_csv($file, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"')
