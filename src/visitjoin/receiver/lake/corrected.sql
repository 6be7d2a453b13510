-- Of how many conversions does each correction speak?
-- spoken_of: as in spoken_of.sql, over conversions_and_waiting.sql; a correction has its row_no.
-- $newest: id of the newest uploading that is spoken of; $waiting: ids of the uploadings whose rows
-- in the lake may be a part, and which are there as waiting.
-- A row a correction that speaks of one: row_no, found.
select row_no, count(*) as found
from (
    -- The same conversion in several uploadings is one.
    select distinct
        correction.row_no as row_no,
        client_id, user_id, yclid, purchase_id, target, happened_at
    from spoken_of
    where uploading_id is null
        or (uploading_id <= $newest and not list_contains($waiting::bigint[], uploading_id))
)
group by row_no
