-- How many bytes a second did the newest uploads take? One row; null where there was none yet.
select sum(bytes) / nullif(sum(upload_seconds), 0) as bytes_a_second
from (
    select bytes, upload_seconds
    from batches
    where upload_seconds is not null
    order by batch_no desc
    limit 20
)
