-- By what is each conversion of the source known?
--
-- Reads   conversions  the columns of contract.tables.CONVERSION, and `key` where one is mapped
--
-- Returns one row for each conversion, in the order of the source: row_no; identity, alone and key,
-- fingerprints of 128 bits (key is null where none is mapped); kind, its most specific identifier
-- (contract.identifiers.MOST_SPECIFIC_FIRST); happened_at, price, currency.
--
-- The identity is the server's own key: the same identifiers, target and moment are the same
-- conversion. `alone` is the identity of a conversion of several identifiers that leaves with the
-- most specific one alone, as the older generation of the API asks; null where it has no other. A
-- deal may reach several goals, so the mapped key goes together with the target. Texts are joined by a character that no table has in its cells, the unit separator.

select
    row_no,
    md5_number(
        concat_ws(
            chr(31),
            coalesce(client_id, ''), coalesce(user_id, ''), coalesce(yclid, ''),
            coalesce(purchase_id, ''), target, happened_at
        )
    ) as identity,
    case
        when (client_id is not null)::int + (user_id is not null)::int + (yclid is not null)::int
            + (purchase_id is not null)::int > 1
            then md5_number(
                concat_ws(
                    chr(31),
                    case when purchase_id is null and yclid is null then client_id else '' end,
                    '',
                    case when purchase_id is null then coalesce(yclid, '') else '' end,
                    coalesce(purchase_id, ''), target, happened_at
                )
            )
    end as alone,
    case when key is not null then md5_number(concat_ws(chr(31), key, target)) end as key,
    case
        when purchase_id is not null then 'PURCHASE_ID'
        when yclid is not null then 'YCLID'
        when client_id is not null then 'CLIENT_ID'
        else 'USER_ID'
    end::enum ('PURCHASE_ID', 'YCLID', 'CLIENT_ID', 'USER_ID') as kind,
    happened_at,
    price,
    currency
from (select null::varchar as key where false union all by name from conversions)
