-- What of an import is to be kept: each visit_id once, its last row.
-- $counter: id of the counter; $rows: a Parquet file with the columns of a visit.
-- A row a visit_id, with all columns of the table `visits`, in the temporary table visits_once.
create temp table visits_once as
select
    $counter::bigint as counter_id,
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
qualify row_number() over (partition by visit_id order by file_row_number desc) = 1
