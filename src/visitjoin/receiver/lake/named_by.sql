-- By what is a visitor named, beside the identifier that is known?
-- hits, visits: of the counter; $client_id, $user_id: the one that is known, the other null.
-- A row an identifier: kind (contract.identifiers.IdentifierKind), identifier.
with

clients as (
    select $client_id::varchar as client_id
    where $client_id is not null
    union
    select client_id
    from hits
    where user_id = $user_id
    union
    select client_id
    from visits
    where user_id = $user_id and client_id is not null
),

theirs as (
    select yclid, purchase_ids
    from visits
    where client_id in (select client_id from clients) or user_id = $user_id
)

select 'CLIENT_ID' as kind, client_id as identifier
from clients
union
select 'USER_ID', $user_id
where $user_id is not null
union
select 'YCLID', yclid
from theirs
where yclid is not null
union
select 'PURCHASE_ID', unnest(purchase_ids)
from theirs
union
select 'PURCHASE_ID', purchase_id
from hits
where purchase_id is not null
    and (client_id in (select client_id from clients) or user_id = $user_id)
