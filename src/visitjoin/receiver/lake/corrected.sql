-- Of how many conversions does each correction speak?
-- corrections: as in `lake.corrections`; conversions: the rows in the lake;
-- waiting: those of uploadings that are not there yet. $newest: id of the newest uploading that is
-- spoken of; $waiting: ids of the uploadings in `waiting`, whose rows in the lake may be a part.
-- A row a correction that speaks of one: row_no, found.
with accepted as (
    select client_id, user_id, yclid, purchase_id, target, happened_at
    from conversions
    where uploading_id <= $newest and not list_contains($waiting::bigint[], uploading_id)
    union all
    select client_id, user_id, yclid, purchase_id, target, happened_at
    from waiting
),

spoken_of as (
    select w.row_no, a.*
    from accepted as a
    join corrections as w
        on w.target = a.target
        and w.happened_at = a.happened_at
        and w.client_id is not distinct from a.client_id
        and w.user_id is not distinct from a.user_id
        and w.yclid is not distinct from a.yclid
        and w.purchase_id is not distinct from a.purchase_id
    union all
    select w.row_no, a.*
    from accepted as a
    join corrections as w on w.purchase_id = a.purchase_id
    where w.target is null
)

-- The same conversion in several uploadings is one.
select row_no, count(*) as found
from (select distinct * from spoken_of)
group by row_no
