-- What a receiver has corrected is so in the ledger too.
--
-- Reads   fingerprints, corrections  of this run (sender/tables)
-- first_row, last_row: of the table of corrections, those that were just made.
update sent
set
    price = made.price,
    currency = made.currency,
    retracted = made.retracted
from (
    select
        fingerprints.identity,
        case when corrections.state = 'retracted' then corrections.before else corrections.now end
            as price,
        case
            when corrections.state = 'retracted' then corrections.currency_before
            else corrections.currency
        end as currency,
        corrections.state = 'retracted' as retracted
    from corrections
    inner join fingerprints using (row_no)
    where
        corrections.state in ('retracted', 'repriced')
        and row_no between $first_row and $last_row
) as made
where sent.identity = made.identity
