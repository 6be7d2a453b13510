-- What became of each row of a part of the source, as far as the sums ask?
--
-- Reads   every_fate  the answer of fates.sql
--
-- first_row, last_row: of the part.
--
-- Returns, in no order, what sums_by_*.sql and repriced.sql read of fates.sql.

select row_no, fate, target, happened_at, price, currency, traffic_source
from every_fate
where row_no between $first_row and $last_row
