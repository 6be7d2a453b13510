-- Which conversions of a counter count, and to which visits do they belong?
-- The macro standing(unfinished): unfinished, ids of the uploadings whose rows do not count yet.
-- conversions; links: as in standing_links.sql; spoken_of: as in spoken_of.sql.
-- The same identifiers, Target and time in several uploadings are one conversion: it counts once,
-- with the price of the newest uploading and the visit of the newest link. A correction is a newer
-- word than the uploadings that were there when it was made, and an older one than those after.
-- A row a conversion that was not retracted: target, happened_at, visit_id, null where it is not
-- linked, price, currency.
create macro standing(unfinished) as table
with accepted as (
    select *
    from conversions
    where not list_contains(unfinished::bigint[], uploading_id)
),

-- The newest correction stands, unless an uploading after it has the conversion again.
corrected as (
    select
        client_id,
        user_id,
        yclid,
        purchase_id,
        target,
        happened_at,
        max_by(correction, correction.id) as word
    from spoken_of
    where not list_contains(unfinished::bigint[], uploading_id)
    group by client_id, user_id, yclid, purchase_id, target, happened_at
    having max(correction.newest_uploading) >= max(uploading_id)
),

once as (
    select
        a.client_id,
        a.user_id,
        a.yclid,
        a.purchase_id,
        a.target,
        a.happened_at,
        -- In a struct, because max_by passes over nulls, and a price may be taken away.
        max_by(
            struct_pack(price := a.price, currency := a.currency),
            struct_pack(uploading_id := a.uploading_id, row_no := a.row_no)
        ) as paid,
        max_by(
            l.visit_id,
            struct_pack(uploading_id := a.uploading_id, row_no := a.row_no)
        ) as visit_id
    from accepted as a
    join links as l on l.uploading_id = a.uploading_id and l.row_no = a.row_no
    group by a.client_id, a.user_id, a.yclid, a.purchase_id, a.target, a.happened_at
)

select
    o.target,
    o.happened_at,
    o.visit_id,
    case when c.word is null then o.paid.price else c.word.price end as price,
    case when c.word is null then o.paid.currency else c.word.currency end as currency
from once as o
left join corrected as c
    on c.target = o.target
    and c.happened_at = o.happened_at
    and c.client_id is not distinct from o.client_id
    and c.user_id is not distinct from o.user_id
    and c.yclid is not distinct from o.yclid
    and c.purchase_id is not distinct from o.purchase_id
where c.word is null or not c.word.retract
