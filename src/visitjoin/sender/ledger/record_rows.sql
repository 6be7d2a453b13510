-- The rows of a batch become the ledger's.
--
-- Reads leaving: the rows of this run that are to be uploaded (sender/tables/leaving.sql).
-- first_row, last_row: of the source; kind: of identifier, or null for every kind.
insert into sent (identity, key, batch_no, happened_at, price, currency, retracted)
select identity, key, $batch_no, happened_at, price, currency, false
from leaving
where
    row_no between $first_row and $last_row
    and ($kind is null or kind = $kind)
