-- What did the linked conversions of a counter bring, by goal and source?
-- $unfinished: ids of the uploadings whose rows do not count yet. corrections: as in
-- `lake.corrections`.
-- The same identifiers, Target and time in several uploadings are one conversion: it counts once,
-- with the price of the newest uploading and the visit of the newest link. A correction is a newer
-- word than the uploadings that were there when it was made, and an older one than those after.
-- A row a Target, traffic source and currency: target, traffic_source, currency, conversions,
-- revenue; '' where source or currency is not known.
with once as (
    select
        c.client_id,
        c.user_id,
        c.yclid,
        c.purchase_id,
        c.target,
        c.happened_at,
        max(c.uploading_id) as uploading_id,
        -- In a struct, because max_by passes over nulls, and a price may be taken away.
        max_by(
            struct_pack(price := c.price, currency := c.currency),
            struct_pack(uploading_id := c.uploading_id, row_no := c.row_no)
        ) as paid,
        max_by(
            l.visit_id,
            struct_pack(uploading_id := c.uploading_id, row_no := c.row_no)
        ) as visit_id
    from conversions as c
    join links as l on l.uploading_id = c.uploading_id and l.row_no = c.row_no
    where not list_contains($unfinished::bigint[], c.uploading_id)
    group by c.client_id, c.user_id, c.yclid, c.purchase_id, c.target, c.happened_at
),

linked as (
    select o.*, coalesce(v.traffic_source, '') as traffic_source
    from once as o
    join visits as v on v.visit_id = o.visit_id
),

-- The newest uploading of a conversion may be newer than a correction: then that says nothing.
spoken_of as (
    select l.*, w.id, w.retract, w.price, w.currency
    from linked as l
    join corrections as w
        on w.target = l.target
        and w.happened_at = l.happened_at
        and w.client_id is not distinct from l.client_id
        and w.user_id is not distinct from l.user_id
        and w.yclid is not distinct from l.yclid
        and w.purchase_id is not distinct from l.purchase_id
    where w.newest_uploading >= l.uploading_id
    union all
    select l.*, w.id, w.retract, w.price, w.currency
    from linked as l
    join corrections as w on w.purchase_id = l.purchase_id
    where w.target is null and w.newest_uploading >= l.uploading_id
),

-- The newest of several corrections of a conversion stands.
corrected as (
    select *
    from spoken_of
    qualify row_number() over (
        partition by client_id, user_id, yclid, purchase_id, target, happened_at order by id desc
    ) = 1
),

standing as (
    select
        l.target,
        l.traffic_source,
        case when c.id is null then l.paid.currency else c.currency end as currency,
        case when c.id is null then l.paid.price else c.price end as price
    from linked as l
    left join corrected as c
        on c.target = l.target
        and c.happened_at = l.happened_at
        and c.client_id is not distinct from l.client_id
        and c.user_id is not distinct from l.user_id
        and c.yclid is not distinct from l.yclid
        and c.purchase_id is not distinct from l.purchase_id
    where c.id is null or not c.retract
)

select
    target,
    traffic_source,
    coalesce(currency, '') as currency,
    count(*) as conversions,
    coalesce(sum(price), 0) as revenue
from standing
group by all
order by all
