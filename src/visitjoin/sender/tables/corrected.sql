-- The conversions that a receiver of one's own is to correct, with the names by which they were sent.
-- Reads corrections, conversions and sent_before.
select
    conversions.row_no,
    -- As they were sent: with every identifier, or with the most specific one alone.
    case
        when not as_alone or coalesce(purchase_id, yclid) is null then conversions.client_id
    end as client_id,
    case when not as_alone then conversions.user_id end as user_id,
    case when not as_alone or purchase_id is null then conversions.yclid end as yclid,
    conversions.purchase_id,
    conversions.target,
    conversions.happened_at,
    corrections.state = 'retracted' as retract,
    corrections.now as price,
    corrections.currency
from corrections
inner join conversions using (row_no)
inner join sent_before using (row_no)
where corrections.state in ('retracted', 'repriced')
order by conversions.row_no
