-- Which hits of a journal are not in the lake yet?
-- $batch: the number of this append; arrived: as in hits_read.sql; known: counter_id, client_id and
-- hit_id of the hits of the last days.
-- The temporary table hits_new: counter_id and the columns of contract.tables.HIT.
create temp table hits_new as
select
    counter_id,
    client_id,
    hit_id,
    "type",
    happened_at,
    received_ms,
    $batch::bigint as batch,
    robot,
    url,
    referrer,
    title,
    goal,
    value,
    currency,
    params,
    user_id,
    screen,
    "action",
    purchase_id,
    revenue,
    coupon,
    products
from arrived
anti join known using (counter_id, client_id, hit_id)
order by client_id, happened_at
