-- What did the linked conversions of a counter bring, by goal and source?
-- $unfinished: ids of the uploadings whose rows do not count yet. The same identifiers, Target and time in several uploadings are one conversion:
-- it counts once, with the price of the newest uploading and the visit of the newest link.
-- A row a Target, traffic source and currency: target, traffic_source, currency, conversions,
-- revenue; '' where source or currency is not known.
with once as (
    select
        c.target,
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
)
select
    o.target,
    coalesce(v.traffic_source, '') as traffic_source,
    coalesce(o.paid.currency, '') as currency,
    count(*) as conversions,
    coalesce(sum(o.paid.price), 0) as revenue
from once as o
join visits as v on v.visit_id = o.visit_id
group by all
order by all
