-- What stays of a file?
-- $files: files of visits; spoken_of: visit_id.
-- A row a visit that stays, with the columns of contract.tables.VISIT.
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
from read_parquet($files, hive_partitioning = false)
anti join spoken_of using (visit_id)
