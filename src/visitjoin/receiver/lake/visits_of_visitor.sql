-- Which visits are known of the visitor whom a conversion names, by each of its identifiers?
-- $client_id, $user_id, $yclid, $purchase_id: those of the conversion, null where it has none;
-- $happened_at: Unix seconds, UTC; $most: how many visits at most.
-- A row a visit and kind of identifier: visit_id, started_at, kind (contract.identifiers), in_all:
-- how many such rows there are. The visits that began before the conversion come first, the newest
-- before the others; then those after it, the oldest before the others.
with found as (
    select visit_id, started_at, 'PURCHASE_ID' as kind
    from visits
    where list_contains(purchase_ids, $purchase_id)
    union all
    select visit_id, started_at, 'YCLID' as kind
    from visits
    where yclid = $yclid
    union all
    select visit_id, started_at, 'CLIENT_ID' as kind
    from visits
    where client_id = $client_id
    union all
    -- A UserId stands for every ClientID that was ever seen with it (linking/link.sql).
    select visit_id, started_at, 'USER_ID' as kind
    from visits
    where user_id = $user_id
        or client_id in (select client_id from visits where user_id = $user_id)
)

select visit_id, started_at, kind, count(*) over () as in_all
from found
order by started_at > $happened_at, abs(started_at - $happened_at), visit_id, kind
limit $most
