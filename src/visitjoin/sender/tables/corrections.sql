-- What is to be corrected of what was sent?
--
-- Reads   fingerprints  the answer of fingerprints.sql, of a table of corrected conversions
--         sent_before   the answer of sent_before.sql
--         refunded      fingerprint: of what other rows of the same source say is refunded
--
-- retract: whether the conversions are refunded; then their price here is 0. only_prices: whether
-- the server knows no other correction than a new price, and that only within the window. cut_off:
-- Unix seconds, UTC.
--
-- Returns one row for each conversion of the table: row_no; state (report.corrections.State); the
-- money as it was sent, before and currency_before, and as it is to be, now and currency.

with last_rows as (
    select max(row_no) as row_no
    from fingerprints
    group by coalesce(key, identity)
)

select
    fingerprints.row_no,
    case
        when last_rows.row_no is null or refunded.fingerprint is not null then 'repeated'
        when sent_before.row_no is null then 'not_sent'
        when sent_before.retracted then 'withdrawn_before'
        when
            sent_before.price is not distinct from fingerprints.price
            and sent_before.currency is not distinct from fingerprints.currency
            and (not $retract or $only_prices)
            then 'as_sent'
        -- To the server it would be another conversion: the one that was sent cannot be named.
        when sent_before.moved then 'moved'
        when $only_prices and fingerprints.happened_at < $cut_off then 'out_of_reach'
        when $retract and $only_prices then 'set_to_zero'
        when $retract then 'retracted'
        else 'repriced'
    end as state,
    sent_before.price as before,
    sent_before.currency as currency_before,
    fingerprints.price as now,
    fingerprints.currency
from fingerprints
left join last_rows on last_rows.row_no = fingerprints.row_no
left join sent_before on sent_before.row_no = fingerprints.row_no
left join refunded
    on refunded.fingerprint = coalesce(fingerprints.key, fingerprints.identity)
order by fingerprints.row_no
