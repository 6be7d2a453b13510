-- What is to stand in the new file: the import, and what stays of the files that it replaces.
-- $rows: the import, a Parquet file; visits_last: which of its rows count; replaced: the rows of
-- the files that hold visits of the import.
-- A row a visit, with the columns of a visit.
select
    visit_id,
    client_id,
    user_id,
    started_at,
    ended_at,
    yclid,
    purchase_ids,
    traffic_source,
    utm_source,
    utm_medium,
    utm_campaign,
    start_url
from replaced
anti join visits_last using (visit_id)
union all by name
select
    visit_id,
    client_id,
    user_id,
    started_at,
    ended_at,
    yclid,
    purchase_ids,
    traffic_source,
    utm_source,
    utm_medium,
    utm_campaign,
    start_url
from read_parquet($rows, file_row_number = true)
semi join visits_last using (visit_id, file_row_number)
