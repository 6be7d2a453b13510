-- What is in the rows of a checked table that are about to be uploaded?
-- checked: the rows in the API's form, as text; $cut_off: Unix seconds.
-- A row a Target and currency: target; currency, '' where there is none; rows; money; older, rows
-- that happened before the cut-off; first and last moment, Unix seconds.
select
    "Target" as target,
    coalesce("Currency", '') as currency,
    count(*) as rows,
    coalesce(sum(try_cast("Price" as decimal(38, 6))), 0) as money,
    count(*) filter ("DateTime"::bigint < $cut_off) as older,
    min("DateTime"::bigint) as first_moment,
    max("DateTime"::bigint) as last_moment
from checked
group by all
order by rows desc, target, currency
