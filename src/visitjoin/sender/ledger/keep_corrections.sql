-- What a receiver has corrected is so in the ledger too.
--
-- Reads   fingerprints, corrections, sent_before  of this run (sender/tables)
--         made  row_no: of the table of corrections, those that the server has just made
update sent
set
    price = now_so.price,
    currency = now_so.currency,
    retracted = now_so.retracted
from (
    select
        case
            when sent_before.as_alone then fingerprints.alone else fingerprints.identity
        end as identity,
        case when corrections.state = 'retracted' then corrections.before else corrections.now end
            as price,
        case
            when corrections.state = 'retracted' then corrections.currency_before
            else corrections.currency
        end as currency,
        corrections.state = 'retracted' as retracted
    from corrections
    inner join fingerprints using (row_no)
    inner join sent_before using (row_no)
    where corrections.state in ('retracted', 'repriced') and row_no in (select row_no from made)
) as now_so
where sent.identity = now_so.identity
