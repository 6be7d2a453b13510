-- What did a row of an uploading carry, and which later row is the same conversion?
-- $uploading: id of the uploading; $row: number of the row.
-- At most one row, of a row that was accepted: client_id, user_id, yclid, purchase_id, happened_at;
-- last_same: the last row of the uploading that is the same conversion, itself where there is none.
with

sought as (
    from conversions
    where uploading_id = $uploading and row_no = $row
)

select
    sought.client_id,
    sought.user_id,
    sought.yclid,
    sought.purchase_id,
    sought.happened_at,
    (
        select max(same.row_no)
        from conversions as same
        where same.uploading_id = $uploading
            and same.target = sought.target
            and same.happened_at = sought.happened_at
            and same.client_id is not distinct from sought.client_id
            and same.user_id is not distinct from sought.user_id
            and same.yclid is not distinct from sought.yclid
            and same.purchase_id is not distinct from sought.purchase_id
    ) as last_same
from sought
