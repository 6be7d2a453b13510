-- What is known of the batches that have an uploading?
--
-- Returns, the oldest batch first: uploading, batch (its id), run, source (of the run), rows (that
-- were sent), state (ledger.batches.State), sent_at (when the run began; Unix seconds, UTC).

select
    batches.uploading,
    batches.batch,
    batches.run,
    runs.source,
    batches.rows,
    batches.state,
    runs.started_at as sent_at
from batches
left join runs on runs.run = batches.run
where batches.uploading is not null
order by batches.batch_no
