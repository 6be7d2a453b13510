-- What is to stand in the new file of an import?
-- $rows: the import, a Parquet file; spoken_of: which of its rows count.
-- A row a visit, with the columns of contract.tables.VISIT.
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
semi join spoken_of using (visit_id, file_row_number)
