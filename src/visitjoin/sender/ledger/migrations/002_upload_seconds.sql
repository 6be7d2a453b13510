-- How long an upload took until it was answered, so that the next one's time can be told before it.
alter table batches add column upload_seconds double;
