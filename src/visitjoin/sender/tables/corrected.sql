-- The conversions that a receiver of one's own is to correct, with the names by which they were sent.
-- Reads corrections and conversions.
select
    conversions.row_no,
    conversions.client_id,
    conversions.user_id,
    conversions.yclid,
    conversions.purchase_id,
    conversions.target,
    conversions.happened_at,
    corrections.state = 'retracted' as retract,
    corrections.now as price,
    corrections.currency
from corrections
inner join conversions using (row_no)
where corrections.state in ('retracted', 'repriced')
order by conversions.row_no
