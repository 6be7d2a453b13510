-- Which calls of an uploading can belong to a visit?
-- $calls: its conversions with the columns of contract.tables.CALL.
-- A row a dynamic call, with the columns of contract.tables.CONVERSION.
select row_no, client_id, user_id, yclid, purchase_id, target, happened_at, price, currency
from read_parquet($calls)
where not static_call
