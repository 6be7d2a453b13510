-- The rows of a batch become the ledger's.
--
-- Reads leaving: the rows of this run that are to be uploaded (sender/tables/leaving.sql).
-- first_row, last_row: of the source; kind: of identifier, or null for every kind. A batch of one
-- kind leaves without the other identifiers, and so it is known. retracted: whether they leave only
-- to be worth nothing (run/correct.py).
insert into sent (identity, key, batch_no, happened_at, price, currency, retracted)
select
    case when $kind is null then identity else coalesce(alone, identity) end as identity,
    key,
    $batch_no,
    happened_at,
    price,
    currency,
    $retracted
from leaving
where
    row_no between $first_row and $last_row
    and ($kind is null or kind = $kind)
