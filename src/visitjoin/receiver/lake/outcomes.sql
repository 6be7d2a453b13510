-- What became of the rows of an uploading, one by one?
-- $uploading: id of the uploading; $after, $upto: row numbers, the first left out, the last not.
-- A row a row of the file, in its order; the columns of contract.extension.OutcomeRow but remark.
with accepted as (
    select
        l.row_no,
        l.outcome,
        l.visit_id,
        l.linked_by,
        c.target,
        c.happened_at,
        c.price,
        c.currency
    from links as l
    join conversions as c on c.uploading_id = l.uploading_id and c.row_no = l.row_no
    where l.uploading_id = $uploading and l.row_no > $after and l.row_no <= $upto
        and c.uploading_id = $uploading and c.row_no > $after and c.row_no <= $upto
)
select
    a.row_no,
    a.outcome,
    null as reason,
    null as "column",
    null as value,
    a.visit_id,
    a.linked_by,
    a.target,
    a.happened_at,
    a.price,
    a.currency,
    v.traffic_source,
    v.utm_source,
    v.utm_campaign
from accepted as a
left join visits as v on v.visit_id = a.visit_id
union all
select
    row_no,
    'rejected',
    reason,
    "column",
    value,
    null,
    null,
    null,
    null,
    price,
    currency,
    null,
    null,
    null
from rejects
where uploading_id = $uploading and row_no > $after and row_no <= $upto
order by row_no
