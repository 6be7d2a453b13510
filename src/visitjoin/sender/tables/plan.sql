-- What happens to each checked conversion before anything is sent?
--
-- Reads   conversions  the columns of contract.tables.CONVERSION
--         terms        cut_off: Unix seconds, UTC; what happened earlier can link to no visit
--
-- Returns one row for each conversion: row_no and fate, `duplicate`, `too_old` or `uploaded`. The
-- same identifiers, target and moment again are the same conversion: its last row is sent.

with last_rows as (
    select max(row_no) as row_no
    from conversions
    group by client_id, user_id, yclid, purchase_id, target, happened_at
)

select
    conversions.row_no,
    case
        when last_rows.row_no is null then 'duplicate'
        when conversions.happened_at < terms.cut_off then 'too_old'
        else 'uploaded'
    end as fate
from conversions
left join last_rows on last_rows.row_no = conversions.row_no
cross join terms
