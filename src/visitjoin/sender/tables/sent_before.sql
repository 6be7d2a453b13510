-- Which conversions of the source were sent before, and with which price?
--
-- Reads   fingerprints  the answer of fingerprints.sql
--         sent          of the ledger
--
-- Returns one row for each conversion that the ledger knows, by its key or by its identity: row_no,
-- price, currency and retracted as they were sent last, and moved: whether its identifiers, target
-- or moment are other ones now, so that the server would take it for another conversion.

with

found as (
    select
        fingerprints.row_no,
        sent.batch_no,
        sent.price,
        sent.currency,
        sent.retracted,
        false as moved
    from sent
    inner join fingerprints on fingerprints.identity = sent.identity
    union all
    select
        fingerprints.row_no,
        sent.batch_no,
        sent.price,
        sent.currency,
        sent.retracted,
        true as moved
    from sent
    inner join fingerprints on fingerprints.key = sent.key
    where fingerprints.identity != sent.identity
)

select
    row_no,
    -- As a struct, since arg_max passes over a null, and no price is a price here.
    arg_max({price: price, currency: currency}, batch_no).price as price,
    arg_max({price: price, currency: currency}, batch_no).currency as currency,
    arg_max(retracted, batch_no) as retracted,
    bool_and(moved) as moved
from found
group by row_no
