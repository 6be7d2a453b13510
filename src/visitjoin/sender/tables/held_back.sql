-- Which conversions of the source do not leave, and why?
--
-- Reads   fingerprints  the answer of fingerprints.sql
--         sent_before   the answer of sent_before.sql
--
-- cut_off: Unix seconds, UTC; what happened earlier can link to no visit. resend_changed: whether a
-- conversion that was sent before with another price leaves again.
--
-- Returns row_no and fate of each conversion that does not leave, the first that holds:
-- `duplicate`, the same one stands in a later row; `known`, sent before; `changed`, sent before
-- with another price; `too_old`.

with

-- Most conversions stand in the source once, and of those nothing is kept here. Half a fingerprint
-- tells that already, at two thirds of the cost; the few that it takes for one are looked at whole.
suspects as (
    select hash(coalesce(key, identity)) as half
    from fingerprints
    group by half
    having count(*) > 1
),

repeated as (
    select coalesce(key, identity) as fingerprint, max(row_no) as last_row
    from fingerprints
    where hash(coalesce(key, identity)) in (select half from suspects)
    group by fingerprint
    having count(*) > 1
),

fates as (
    select
        fingerprints.row_no,
        case
            when fingerprints.row_no < repeated.last_row then 'duplicate'
            when
                sent_before.retracted -- withdrawn, and not to come back with the next export
                or (
                    sent_before.row_no is not null
                    and fingerprints.price is not distinct from sent_before.price
                    and fingerprints.currency is not distinct from sent_before.currency
                )
                then 'known'
            -- A price is corrected by sending the same conversion again, and only while its visit
            -- is within reach; a conversion that moved would be another one to the server.
            when
                sent_before.row_no is not null
                and (
                    not $resend_changed
                    or sent_before.moved
                    or fingerprints.happened_at < $cut_off
                )
                then 'changed'
            when fingerprints.happened_at < $cut_off then 'too_old'
        end as fate
    from fingerprints
    left join sent_before on sent_before.row_no = fingerprints.row_no
    left join repeated
        on repeated.fingerprint = coalesce(fingerprints.key, fingerprints.identity)
)

-- What was sent before with another price and leaves again is in no part of this.
select row_no, fate
from fates
where fate is not null
