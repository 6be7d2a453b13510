-- Which conversions of the source were sent before, and with which price?
--
-- Reads   fingerprints  the answer of fingerprints.sql
--         sent          of the ledger
--
-- Returns one row for each conversion that the ledger knows, by its key or by its identity: row_no,
-- price, currency and retracted as they were sent last, and moved: whether its identifiers, target
-- or moment are other ones now, so that the server would take it for another conversion; as_alone:
-- whether it was sent with its most specific identifier alone.
--
-- Where something was sent with the conversion's own key, that says it, and not what was sent with
-- the same identity: two orders of a visitor in one second, or of one day in an export that has no
-- times, have one identity and two prices, and each run would take either price for a change of the
-- other.

with

found as materialized (
    select
        fingerprints.row_no,
        sent.batch_no::bigint as rank,
        sent.price,
        sent.currency,
        sent.retracted,
        false as moved,
        false as as_alone
    from sent
    inner join fingerprints on fingerprints.identity = sent.identity
    union all
    select
        fingerprints.row_no,
        sent.batch_no::bigint as rank,
        sent.price,
        sent.currency,
        sent.retracted,
        false as moved,
        true as as_alone
    from sent
    inner join fingerprints on fingerprints.alone = sent.identity
    union all
    select
        fingerprints.row_no,
        sent.batch_no::bigint + 4294967296 as rank, -- 2^32, above any number of a batch
        sent.price,
        sent.currency,
        sent.retracted,
        sent.identity not in (fingerprints.identity, coalesce(fingerprints.alone, 0)) as moved,
        sent.identity = coalesce(fingerprints.alone, 0) as as_alone
    from sent
    inner join fingerprints on fingerprints.key = sent.key
),

-- Most were sent once, and need no looking for the newest: that is a third of the whole.
several as (
    select row_no
    from found
    group by row_no
    having count(*) > 1
),

newest as (
    select
        row_no,
        -- One struct: arg_max passes over a null, and no price is a price here; and it is faster
        -- than four.
        arg_max(
            {
                price: price,
                currency: currency,
                retracted: retracted,
                moved: moved,
                as_alone: as_alone
            },
            rank
        ) as said
    from found
    semi join several using (row_no)
    group by row_no
)

select row_no, price, currency, retracted, moved, as_alone
from found
anti join several using (row_no)

union all

select row_no, said.price, said.currency, said.retracted, said.moved, said.as_alone
from newest
