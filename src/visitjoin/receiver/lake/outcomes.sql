-- What became of the rows of an uploading, one by one?
-- $uploading: id of the uploading; $after, $upto: row numbers, the first left out, the last not;
-- $outcome: the one that is asked for, null for all; links: as in standing_links.sql; spoken_of: as
-- in spoken_of.sql; mistaken: target, remark: Targets that reach no goal.
-- A row a row of the file, in no order; the columns of contract.extension.OutcomeRow.
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
        and ($outcome is null or l.outcome = $outcome)
),

corrected as (
    select row_no, max_by(correction.remark, correction.id) as remark
    from spoken_of
    where uploading_id = $uploading and row_no > $after and row_no <= $upto
        and correction.newest_uploading >= $uploading
    group by row_no
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
    v.utm_campaign,
    case when a.outcome = 'goal_not_found' then m.remark else c.remark end as remark
from accepted as a
left join visits as v on v.visit_id = a.visit_id
left join mistaken as m on m.target = a.target
left join corrected as c on c.row_no = a.row_no
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
    null,
    null
from rejects
where uploading_id = $uploading and row_no > $after and row_no <= $upto
    and ($outcome is null or $outcome = 'rejected')
